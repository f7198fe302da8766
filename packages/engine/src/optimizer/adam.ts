import * as tf from '@tensorflow/tfjs-core';
import { FlatAdam } from './flat-adam.ts';

/** An optimiser whose learning rate can be set before each step. */
export interface Adam extends tf.Optimizer {
  learningRate: number;
}

let fused = true;

/** Whether `adam` makes the optimiser over flat buffers, or gives tfjs' own. */
export function fuseAdam(enabled: boolean): void {
  fused = enabled;
}

/**
 * Adam (Kingma and Ba, 2015) as `tf.train.adam` computes it, in a few kernels a step where that takes fourteen for
 * every variable.
 *
 * On wasm, the plain cpu and native TensorFlow the new weights are those of `tf.train.adam` to the bit. Names and order
 * of `getWeights` are the same too, so that state moves both ways; the tensors that it gives belong to the optimiser
 * and are gone after its next step. After `startEngine({ fuse: false })` it is `tf.train.adam`.
 *
 * @param epsilon Default: the backend's, 1e-7 with float32.
 * @example
 * ```ts
 * const x = tf.variable(tf.tensor1d([1, 2]));
 * const optimizer = adam(0.1);
 * optimizer.minimize(() => tf.sum(tf.square(x)));
 * x.dataSync(); // [0.9, 1.9]
 * optimizer.learningRate = 0.01;
 * ```
 */
export function adam(learningRate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon?: number): Adam {
  if (fused) return new FlatAdam(learningRate, beta1, beta2, epsilon ?? tf.backend().epsilon());
  // Its rate is protected by type only.
  return tf.train.adam(learningRate, beta1, beta2, epsilon) as unknown as Adam;
}
