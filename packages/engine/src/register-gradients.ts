import * as tf from '@tensorflow/tfjs-core';
import { batchNorm, batchNormGrad } from './kernels/batch-norm.ts';
import { reluGrad } from './kernels/relu-grad.ts';

let registered = false;

/** Registers the gradients that end in kernels of ours; engines without them keep tfjs' own. */
export function registerGradients(): void {
  if (registered) return;
  registered = true;
  tf.registerGradient({
    kernelName: batchNorm,
    inputsToSave: ['x', 'scale'],
    // Mean, variance, and what else the engine's kernel has for its gradient.
    outputsToSave: [false, true, true, true, true, true],
    gradFunc(dys, saved, attrs) {
      const [x, scale, mean, variance, ...reserves] = saved as [
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
        ...tf.Tensor[],
      ];
      const dy = (dys as tf.Tensor[])[0]!;
      const [dx, dScale, dOffset] = runKernel<[tf.Tensor, tf.Tensor, tf.Tensor]>(
        batchNormGrad,
        {
          ...{ dy, x, mean, variance, scale },
          ...Object.fromEntries(reserves.map((reserve, i) => [`reserve${i}`, reserve])),
        },
        attrs,
      );
      return { x: () => dx, scale: () => dScale, offset: () => dOffset };
    },
  });
  const before = tf.getGradient('Relu');
  tf.unregisterGradient('Relu');
  tf.registerGradient({
    ...before,
    gradFunc(dy, saved, attrs) {
      if (tf.getKernel(reluGrad, tf.getBackend()) == null) return before.gradFunc(dy, saved, attrs);
      return { x: () => runKernel<tf.Tensor>(reluGrad, { dy: dy as tf.Tensor, x: saved[0]! }) };
    },
  });
}

/** Runs a registered kernel of the current backend, on the tape if there is one. */
export function runKernel<T extends tf.Tensor | tf.Tensor[]>(
  name: string,
  inputs: Record<string, tf.Tensor>,
  attrs: tf.NamedAttrMap = {},
): T {
  return tf.engine().runKernel(name, inputs, attrs) as T;
}
