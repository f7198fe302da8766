import '@lunet/testing';
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { beforeEach, expect, it } from 'vitest';
import { startEngine } from '../src/index.ts';
import { describeEngines } from './engines.ts';
import { convolution } from './reference.ts';
import { valuesFor } from './values.ts';

/** float32 against float64. */
const tolerance = { absolute: 2e-5, relative: 1e-4 };

describeEngines(['wasm', 'onnx', 'tensorflow'], 'batch normalisation', (prefer) => {
  beforeEach(() => startEngine({ prefer }).then(() => {}));

  it.each([
    [[2, 3, 4, 1], 0],
    [[3, 5, 3, 7], 0],
    [[2, 3, 5, 6], 3],
    [[2, 9, 8, 16], -2],
    [[50, 4], 1],
    // Enough for all threads, and a last vector that is cut short.
    [[2, 301, 151, 7], 0],
  ])('of %j values around %d is its formula in float64, and so are its gradients', (shape, shift) => {
    tf.tidy(() => {
      const channels = shape.at(-1)!;
      const length = shape.reduce((a, b) => a * b);
      const [x, dy] = [valuesFor(length, 1).map((value) => value + shift), valuesFor(length, 2)];
      const [gamma, beta] = [valuesFor(channels, 3), valuesFor(channels, 4)];
      const epsilon = 1e-3;
      const expected = normalise(x, dy, gamma, beta, epsilon);

      const layer = layers.layers.batchNormalization({ epsilon });
      const apply = (input: tf.Tensor): tf.Tensor => layer.apply(input, { training: true }) as tf.Tensor;
      const input = tf.tensor(x, shape);
      layer.build(shape);
      layer.setWeights(
        [gamma, beta, gamma.map(() => 0), gamma.map(() => 1)].map((values) => tf.tensor(values)),
      );
      expect(apply(input)).toBeCloseToTensor({ shape, values: expected.out }, tolerance);
      const loss = (value: tf.Tensor): tf.Scalar => tf.sum(tf.mul(apply(value), tf.tensor(dy, shape)));
      expect(tf.grad(loss)(input)).toBeCloseToTensor({ shape, values: expected.dx }, tolerance);
      const { grads } = tf.variableGrads(() => loss(input));
      const [dGamma, dBeta] = layer.trainableWeights.map(
        (weight) => grads[(weight.read() as tf.Variable).name]!,
      );
      expect(dGamma!).toBeCloseToTensor({ shape: [channels], values: expected.dGamma }, tolerance);
      expect(dBeta!).toBeCloseToTensor({ shape: [channels], values: expected.dBeta }, tolerance);
    });
  });
});

describeEngines(['wasm', 'onnx', 'tensorflow'], 'convolution with bias and ReLU in one', (prefer) => {
  it('has the gradients of its formula in float64', async () => {
    await startEngine({ prefer });
    tf.tidy(() => {
      const shape = { batch: 2, height: 5, width: 6, channels: 3 };
      const outputs = 5;
      const window = {
        size: [3, 3] as [number, number],
        strides: [1, 1] as [number, number],
        pad: 'same' as const,
      };
      const [x, filter, bias] = [valuesFor(180, 1), valuesFor(135, 2), valuesFor(outputs, 3)];
      const dy = valuesFor(300, 4);
      const { out } = convolution(x, shape, filter, outputs, window, dy);
      const passed = dy.map((value, i) => (out[i]! + bias[i % outputs]! > 0 ? value : 0));
      const truth = convolution(x, shape, filter, outputs, window, passed);
      const dBias = Float64Array.from(bias, (_, o) =>
        passed.filter((_, i) => i % outputs === o).reduce((a, b) => a + b),
      );

      const [dx, dFilter, dB] = tf.grads((...inputs: tf.Tensor[]) => {
        const [image, weights, offset] = inputs as [tf.Tensor4D, tf.Tensor4D, tf.Tensor];
        const settings = { strides: 1, pad: 'same', activation: 'relu' } as const;
        const value = tf.fused.conv2d({ x: image, filter: weights, bias: offset, ...settings });
        return tf.sum(tf.mul(value, tf.tensor(dy, [2, 5, 6, outputs])));
      })([tf.tensor(x, [2, 5, 6, 3]), tf.tensor(filter, [3, 3, 3, outputs]), tf.tensor(bias)]);
      expect(dx!).toBeCloseToTensor({ shape: [2, 5, 6, 3], values: truth.inputGradient }, tolerance);
      expect(dFilter!).toBeCloseToTensor(
        { shape: [3, 3, 3, outputs], values: truth.filterGradient },
        tolerance,
      );
      expect(dB!).toBeCloseToTensor({ shape: [outputs], values: dBias }, tolerance);
      expect(passed.filter((value) => value === 0).length).toBeGreaterThan(50);
    });
  });
});

/** Batch normalisation over the last axis in float64, and the gradients of Σ dy · out. */
function normalise(
  x: ArrayLike<number>,
  dy: ArrayLike<number>,
  gamma: ArrayLike<number>,
  beta: ArrayLike<number>,
  epsilon: number,
) {
  const channels = gamma.length;
  const count = x.length / channels;
  const out = new Float64Array(x.length);
  const dx = new Float64Array(x.length);
  const dGamma = new Float64Array(channels);
  const dBeta = new Float64Array(channels);
  for (let c = 0; c < channels; c++) {
    const own = Array.from({ length: count }, (_, i) => i * channels + c);
    const meanOf = (value: (i: number) => number): number =>
      own.reduce((sum, i) => sum + value(i), 0) / count;
    const mean = meanOf((i) => x[i]!);
    const deviation = Math.sqrt(meanOf((i) => (x[i]! - mean) ** 2) + epsilon);
    const unit = (i: number): number => (x[i]! - mean) / deviation;
    const meanGradient = meanOf((i) => dy[i]!);
    const meanProduct = meanOf((i) => dy[i]! * unit(i));
    for (const i of own) {
      out[i] = unit(i) * gamma[c]! + beta[c]!;
      dx[i] = (gamma[c]! / deviation) * (dy[i]! - meanGradient - unit(i) * meanProduct);
    }
    dGamma[c] = meanProduct * count;
    dBeta[c] = meanGradient * count;
  }
  return { out, dx, dGamma, dBeta };
}
