import { expectNoTensorLeak } from '@lunet/testing';
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { beforeEach, describe, expect, it } from 'vitest';
import { startEngine } from '../src/index.ts';
import { valuesFor } from './values.ts';

/** Statistics are float64 here and float32 in tfjs' own composition. */
const tolerance = { absolute: 2e-5, relative: 1e-4 };

const shapes: [number, number, number, number][] = [
  [2, 4, 4, 8],
  [3, 5, 3, 7],
  [2, 3, 5, 6],
  [1, 2, 3, 1],
  [2, 70, 33, 16],
];

interface Run {
  out: tf.Tensor;
  gradients: tf.Tensor[];
  moving: tf.Tensor[];
}

/** One training pass of a fresh layer, with the gradients of Σ weights · output by x, gamma and beta. */
function train(shape: [number, number, number, number], shift: number): Run {
  const channels = shape[3];
  const length = shape.reduce((a, b) => a * b);
  const layer = layers.layers.batchNormalization({ momentum: 0.9, epsilon: 1e-5 });
  layer.build([null, null, null, channels]);
  layer.setWeights([
    tf.tensor(valuesFor(channels, 1)),
    tf.tensor(valuesFor(channels, 2)),
    tf.tensor(valuesFor(channels, 3)),
    tf.tensor(valuesFor(channels, 4).map((v) => v + 2)),
  ]);
  const x = tf.tensor(
    valuesFor(length, 5).map((v) => v + shift),
    shape,
  );
  const weights = tf.tensor(valuesFor(length, 6), shape);
  const [gamma, beta] = layer.trainableWeights.map((weight) => weight.read()) as [tf.Tensor, tf.Tensor];
  const apply = (input: tf.Tensor): tf.Tensor => layer.apply(input, { training: true }) as tf.Tensor;
  const { grads } = tf.variableGrads(() => tf.sum(tf.mul(weights, apply(x))) as tf.Scalar);
  const dx = tf.grad((input) => tf.sum(tf.mul(weights, apply(input))))(x);
  return {
    out: apply(x),
    gradients: [dx, ...[gamma, beta].map((weight) => grads[(weight as tf.Variable).name]!)],
    moving: layer.getWeights().slice(2).map(tf.clone),
  };
}

describe.each(shapes)('batch normalisation of %d x %d x %d x %d', (...shape) => {
  it.each([0, 3])('trains as tfjs does, for values around %d', async (shift) => {
    await startEngine({ prefer: 'wasm', fuse: false });
    const expected = train(shape, shift);
    await startEngine({ prefer: 'wasm' });
    const received = train(shape, shift);
    expect(received.out).toBeCloseToTensor(expected.out, tolerance);
    expected.gradients.forEach((gradient, i) => {
      expect(received.gradients[i]!).toBeCloseToTensor(gradient, { absolute: 5e-4, relative: 1e-3 });
    });
    expected.moving.forEach((average, i) => {
      expect(received.moving[i]!).toBeCloseToTensor(average, tolerance);
    });
  });
});

describe('batch normalisation', () => {
  beforeEach(async () => {
    await startEngine({ prefer: 'wasm' });
  });

  it('centres and scales each channel', () => {
    tf.tidy(() => {
      const layer = layers.layers.batchNormalization({ epsilon: 0 });
      const x = tf.tensor4d([1, 10, 3, 30, 1, 10, 3, 30], [1, 2, 2, 2]);
      const out = layer.apply(x, { training: true }) as tf.Tensor;
      expect(out).toBeCloseToTensor({ shape: [1, 2, 2, 2], values: [-1, -1, 1, 1, -1, -1, 1, 1] });
    });
  });

  it('has gradients that agree with finite differences', () => {
    tf.tidy(() => {
      const shape: [number, number, number, number] = [2, 2, 3, 3];
      const weights = tf.tensor(valuesFor(36, 7), shape);
      const layer = layers.layers.batchNormalization({ epsilon: 1e-2 });
      const loss = (x: tf.Tensor): tf.Tensor =>
        tf.sum(tf.mul(weights, layer.apply(x, { training: true }) as tf.Tensor));
      const x = valuesFor(36, 8);
      const gradient = tf.grad(loss)(tf.tensor(x, shape));
      const h = 2 ** -7;
      const values = Array.from(x, (_, i) => {
        const at = (step: number): number =>
          loss(tf.tensor(x.with(i, x[i]! + step), shape)).dataSync()[0] as number;
        return (at(h) - at(-h)) / (2 * h);
      });
      // Central differences of float32 sums: rounding 1e-7 / h, truncation h² / 6.
      expect(gradient).toBeCloseToTensor({ shape, values }, { absolute: 2e-3, relative: 1e-3 });
    });
  });

  it('runs inference on the moving averages as the formula says', () => {
    tf.tidy(() => {
      const x = tf.tensor4d([1, 2, 3, 4, 5, 6], [1, 1, 2, 3]);
      const out = tf.batchNorm(
        x,
        tf.tensor1d([1, 2, 3]),
        tf.tensor1d([4, 1, 9]),
        tf.tensor1d([0, 1, 2]),
        tf.tensor1d([2, 3, 6]),
        0,
      );
      expect(out).toBeCloseToTensor({ shape: [1, 1, 2, 3], values: [0, 1, 2, 3, 10, 8] });
    });
  });

  it('takes coefficients that broadcast over the last axis, and refuses others by name', () => {
    tf.tidy(() => {
      const x = tf.tensor4d([1, 3, 10, 30], [1, 2, 2, 1]);
      const out = tf.batchNorm(
        x,
        tf.tensor4d([1], [1, 1, 1, 1]),
        tf.tensor4d([4], [1, 1, 1, 1]),
        undefined,
        undefined,
        0,
      );
      expect(out).toBeCloseToTensor({ shape: [1, 2, 2, 1], values: [0, 1, 4.5, 14.5] });
      const rows = tf.tensor4d([1, 2], [1, 2, 1, 1]);
      expect(() => tf.batchNorm(x, rows, rows)).toThrow(
        'Cannot normalise [1,2,2,1] by coefficients of shape [1,2,1,1] on wasm: only the last axis is supported',
      );
    });
  });

  it('keeps no tensor but its output', async () => {
    const layer = layers.layers.batchNormalization({});
    const x = tf.ones([2, 3, 3, 4]);
    tf.dispose(layer.apply(x, { training: true }) as tf.Tensor);
    tf.dispose(await expectNoTensorLeak(() => layer.apply(x, { training: true }) as tf.Tensor, 1));
  });
});
