import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { adam } from '../optimizer/adam.ts';

type Node = layers.SymbolicTensor;

/** The reference U-Net of depth 3, built from plain tfjs-layers: 118,271 trainable weights with 16 filters. */
export function referenceUnet(filters: number): layers.LayersModel {
  // Seeded draws come from JavaScript on every engine, so all of them start from the same weights.
  let seed = 0;
  const normalised = (x: Node): Node =>
    layers.layers.batchNormalization({ momentum: 0.9, epsilon: 1e-5 }).apply(x) as Node;
  const block = (x: Node, channels: number): Node => {
    let out = x;
    for (let i = 0; i < 2; i++) {
      const conv = layers.layers.conv2d({
        filters: channels,
        kernelSize: 3,
        padding: 'same',
        activation: 'relu',
        kernelInitializer: layers.initializers.heNormal({ seed: ++seed }),
      });
      out = normalised(conv.apply(out) as Node);
    }
    return out;
  };
  const rise = (x: Node, skip: Node, channels: number): Node => {
    const kernelInitializer = layers.initializers.glorotNormal({ seed: ++seed });
    const up = layers.layers
      .conv2dTranspose({ filters: channels, kernelSize: 2, strides: 2, kernelInitializer })
      .apply(x) as Node;
    return block(layers.layers.concatenate().apply([up, skip]) as Node, channels);
  };
  const pooled = (x: Node): Node => layers.layers.averagePooling2d({ poolSize: 2 }).apply(x) as Node;
  const image = layers.input({ shape: [null, null, 7] });
  const first = block(normalised(image), filters);
  const second = block(pooled(first), filters * 2);
  const third = block(pooled(second), filters * 4);
  const out = rise(rise(third, second, filters * 2), first, filters);
  const head = layers.layers.conv2d({
    filters: 1,
    kernelSize: 1,
    activation: 'sigmoid',
    kernelInitializer: layers.initializers.glorotNormal({ seed: ++seed }),
  });
  return layers.model({ inputs: image, outputs: head.apply(out) as Node });
}

/** A network and its batch. */
export interface ReferenceSize {
  /** Channels of the first level; 16 make the reference network. */
  readonly filters: number;
  readonly batch: number;
  /** Height and width of an image in pixels, a multiple of 4. */
  readonly size: number;
}

/** The step that figures are given for: 118,271 weights, 16 crops of 64×64×7. */
export const referenceSize: ReferenceSize = { filters: 16, batch: 16, size: 64 };

/** A network in training on one fixed, seeded batch. */
export interface ReferenceTraining {
  readonly model: layers.LayersModel;
  /** In HU, `[batch, size, size, 7]`. */
  readonly images: tf.Tensor;
  /** 0 or 1, `[batch, size, size, 1]`. */
  readonly labels: tf.Tensor;
  /** One training step with Adam; returns the loss before it, which the caller disposes of. */
  step(): tf.Scalar;
  /** Disposes of the weights, the batch and the optimiser. */
  dispose(): void;
}

/** Builds the reference network with the recall-weighted Dice loss on the running engine; every draw is seeded. */
export function referenceTraining(
  { filters, batch, size }: ReferenceSize = referenceSize,
  learningRate = 1e-3,
): ReferenceTraining {
  const model = referenceUnet(filters);
  const optimizer = adam(learningRate);
  const x = tf.randomUniform([batch, size, size, 7], -1000, 1000, 'float32', 1);
  const y = tf.tidy(() =>
    tf.cast(tf.greater(tf.randomUniform([batch, size, size, 1], 0, 1, 'float32', 2), 0.98), 'float32'),
  );
  const dice = (p: tf.Tensor, both: tf.Tensor): tf.Tensor => {
    const overlap = tf.sum(tf.mul(p, y), [1, 2, 3]);
    return tf.sub(1, tf.div(tf.add(tf.mul(overlap, 2), 1), tf.add(both, 1)));
  };
  return {
    model,
    images: x,
    labels: y,
    step() {
      return optimizer.minimize(() => {
        const p = model.apply(x, { training: true }) as tf.Tensor;
        const all = tf.add(tf.sum(p, [1, 2, 3]), tf.sum(y, [1, 2, 3]));
        const inNodules = tf.add(tf.sum(tf.mul(p, y), [1, 2, 3]), tf.sum(y, [1, 2, 3]));
        return tf.mean(tf.add(dice(p, all), tf.mul(dice(p, inNodules), 8))) as tf.Scalar;
      }, true)!;
    },
    dispose() {
      optimizer.dispose();
      model.dispose();
      tf.dispose([x, y]);
    },
  };
}
