import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { adam } from '../src/index.ts';
import { valuesFor } from './values.ts';

/** A U-Net of depth 2 with every kind of layer, its optimiser and a fixed batch. */
export interface SmallTraining {
  readonly weights: () => tf.Tensor[];
  /** Gradients by weight, in the order of the trainable ones. */
  readonly gradients: () => tf.Tensor[];
  /** One step; returns the loss. */
  step(): number;
}

/** Where and how fast it trains. */
interface Options {
  readonly rate?: number;
  readonly batch?: number;
  readonly size?: number;
}

export function smallTraining({ rate = 1e-2, batch = 4, size = 32 }: Options = {}): SmallTraining {
  const conv = (filters: number, seed: number): layers.layers.Layer =>
    layers.layers.conv2d({
      filters,
      kernelSize: 3,
      padding: 'same',
      activation: 'relu',
      kernelInitializer: layers.initializers.heNormal({ seed }),
    });
  const norm = (): layers.layers.Layer => layers.layers.batchNormalization({ momentum: 0.9, epsilon: 1e-5 });
  const image = layers.input({ shape: [null, null, 7] });
  const chain = (x: layers.SymbolicTensor, ...steps: layers.layers.Layer[]): layers.SymbolicTensor =>
    steps.reduce((last, layer) => layer.apply(last) as layers.SymbolicTensor, x);
  const skip = chain(image, norm(), conv(8, 1), norm());
  const low = chain(skip, layers.layers.averagePooling2d({ poolSize: 2 }), conv(16, 2), norm());
  const kernelInitializer = layers.initializers.heNormal({ seed: 3 });
  const up = chain(
    low,
    layers.layers.conv2dTranspose({ filters: 8, kernelSize: 2, strides: 2, kernelInitializer }),
  );
  const joined = layers.layers.concatenate().apply([up, skip]) as layers.SymbolicTensor;
  const head = layers.layers.conv2d({
    filters: 1,
    kernelSize: 1,
    activation: 'sigmoid',
    kernelInitializer: layers.initializers.heNormal({ seed: 4 }),
  });
  const model = layers.model({ inputs: image, outputs: chain(joined, conv(8, 5), head) });
  const optimizer = adam(rate);
  const x = tf.tensor(valuesFor(batch * size * size * 7, 1), [batch, size, size, 7]);
  const y = tf.tidy(() => tf.cast(tf.greater(tf.slice(x, 0, [batch, size, size, 1]), 0.5), 'float32'));
  const loss = (): tf.Scalar => {
    const p = model.apply(x, { training: true }) as tf.Tensor;
    return tf.mean(tf.square(tf.sub(p, y)));
  };
  return {
    weights: () => model.getWeights(),
    gradients() {
      const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
      const { value, grads } = tf.variableGrads(loss, variables);
      value.dispose();
      return variables.map(({ name }) => grads[name]!);
    },
    step() {
      const cost = optimizer.minimize(loss, true)!;
      const value = cost.dataSync()[0]!;
      cost.dispose();
      return value;
    },
  };
}
