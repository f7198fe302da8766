import '@lunet/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startEngine } from '../src/index.ts';
import { convolution, type Shape, type Window2d } from './reference.ts';
import { valuesFor } from './values.ts';

/** float32 sums over up to 2,000 products against float64. */
const tolerance = { absolute: 2e-5, relative: 1e-4 };

interface Case {
  name: string;
  shape: Shape;
  outputs: number;
  window: Window2d;
}

function caseOf(
  shape: [number, number, number, number],
  outputs: number,
  size: number | [number, number],
  stride: number | [number, number] = 1,
  pad: 'same' | 'valid' = 'same',
): Case {
  const [batch, height, width, channels] = shape;
  const pair = (value: number | [number, number]): [number, number] =>
    typeof value === 'number' ? [value, value] : value;
  const window = { size: pair(size), strides: pair(stride), pad };
  const name = `${shape.join('x')} to ${outputs} by ${window.size.join('x')} stride ${window.strides.join('x')} ${pad}`;
  return { name, shape: { batch, height, width, channels }, outputs, window };
}

const cases: Case[] = [
  caseOf([2, 6, 6, 7], 16, 3),
  caseOf([3, 5, 7, 3], 5, 3),
  caseOf([2, 9, 4, 8], 9, 3, 1, 'valid'),
  caseOf([2, 5, 3, 16], 1, 1),
  caseOf([1, 1, 1, 1], 1, 1),
  caseOf([1, 1, 1, 2], 3, 3),
  caseOf([2, 8, 6, 4], 8, 2, 2, 'valid'),
  caseOf([2, 7, 9, 5], 6, 2, 2, 'valid'),
  caseOf([2, 7, 9, 5], 6, 3, 2),
  caseOf([2, 8, 8, 2], 10, 3, 2),
  caseOf([1, 7, 8, 3], 4, 1, 3, 'valid'),
  caseOf([2, 6, 11, 2], 3, [1, 5], [1, 3]),
  caseOf([1, 11, 6, 2], 17, [4, 2], [3, 1], 'valid'),
  caseOf([2, 5, 5, 2], 3, 5),
  // Large enough for several bands and for all threads.
  caseOf([2, 90, 70, 32], 8, 3),
  caseOf([1, 120, 61, 9], 16, 3, 2),
];

beforeAll(async () => {
  await startEngine({ prefer: 'wasm' });
});

describe.each(cases)('convolution $name', ({ shape, outputs, window }) => {
  const { batch, height, width, channels } = shape;
  const [kh, kw] = window.size;
  const inputShape = [batch, height, width, channels] as [number, number, number, number];
  const filterShape = [kh, kw, channels, outputs] as [number, number, number, number];
  const x = valuesFor(batch * height * width * channels, 1);
  const filter = valuesFor(kh * kw * channels * outputs, 2);
  const outLength = tf.backend_util
    .computeConv2DInfo(inputShape, filterShape, window.strides, 1, window.pad)
    .outShape.reduce((a, b) => a * b);
  const weights = valuesFor(outLength, 3);
  const truth = convolution(x, shape, filter, outputs, window, weights);

  it('equals the sum over the taps', () => {
    tf.tidy(() => {
      const out = tf.conv2d(
        tf.tensor4d(x, inputShape),
        tf.tensor4d(filter, filterShape),
        window.strides,
        window.pad,
      );
      expect(out).toBeCloseToTensor({ shape: truth.outShape, values: truth.out }, tolerance);
    });
  });

  it('has the analytic gradients', () => {
    tf.tidy(() => {
      const loss = (a: tf.Tensor4D, b: tf.Tensor4D): tf.Scalar =>
        tf.sum(tf.mul(tf.conv2d(a, b, window.strides, window.pad), tf.tensor(weights, truth.outShape)));
      const [dx, df] = tf.grads(loss as (...t: tf.Tensor[]) => tf.Tensor)([
        tf.tensor(x, inputShape),
        tf.tensor(filter, filterShape),
      ]);
      expect(dx!).toBeCloseToTensor({ shape: inputShape, values: truth.inputGradient }, tolerance);
      expect(df!).toBeCloseToTensor({ shape: filterShape, values: truth.filterGradient }, tolerance);
    });
  });

  it('has a transpose whose output and gradients are those of the convolution in other roles', () => {
    tf.tidy(() => {
      // conv2dTranspose of `weights` is the convolution's input gradient; its own gradients follow by symmetry:
      // by its input it is the convolution of the upstream gradient, by the filter the filter gradient of it.
      const transpose = (a: tf.Tensor4D, b: tf.Tensor4D): tf.Tensor4D =>
        tf.conv2dTranspose(a, b, inputShape, window.strides, window.pad);
      const loss = (a: tf.Tensor4D, b: tf.Tensor4D): tf.Scalar =>
        tf.sum(tf.mul(transpose(a, b), tf.tensor(x, inputShape)));
      const small = tf.tensor4d(weights, truth.outShape);
      const kernel = tf.tensor4d(filter, filterShape);
      const [dSmall, dFilter] = tf.grads(loss as (...t: tf.Tensor[]) => tf.Tensor)([small, kernel]);
      expect(transpose(small, kernel)).toBeCloseToTensor(
        { shape: inputShape, values: truth.inputGradient },
        tolerance,
      );
      expect(dSmall!).toBeCloseToTensor({ shape: truth.outShape, values: truth.out }, tolerance);
      expect(dFilter!).toBeCloseToTensor({ shape: filterShape, values: truth.filterGradient }, tolerance);
    });
  });
});

describe('fused convolution', () => {
  it.each([
    ['linear', tf.clone],
    ['relu', tf.relu],
    ['relu6', tf.relu6],
  ] as const)('adds the bias and applies %s', (activation, apply) => {
    tf.tidy(() => {
      const shape: [number, number, number, number] = [2, 5, 6, 3];
      const x = tf.tensor4d(valuesFor(180, 4), shape);
      const filter = tf.tensor4d(valuesFor(270, 5), [3, 3, 3, 10]);
      const bias = tf.tensor1d(valuesFor(10, 6));
      const plain: tf.Tensor4D = tf.add(tf.conv2d(x, filter, 1, 'same'), bias);
      const fused = tf.fused.conv2d({ x, filter, bias, strides: 1, pad: 'same', activation });
      expect(fused).toBeCloseToTensor(apply(plain) as tf.Tensor4D, tolerance);
    });
  });

  it('has the gradient of the bias', () => {
    tf.tidy(() => {
      const x = tf.tensor4d(valuesFor(48, 4), [2, 4, 3, 2]);
      const filter = tf.tensor4d(valuesFor(6, 5), [1, 1, 2, 3]);
      const weights = tf.tensor4d(valuesFor(72, 6), [2, 4, 3, 3]);
      const gradient = tf.grad((bias: tf.Tensor) =>
        tf.sum(tf.mul(weights, tf.fused.conv2d({ x, filter, bias, strides: 1, pad: 'same' }))),
      )(tf.tensor1d([0.5, -0.25, 1]));
      const values = [0, 0, 0];
      valuesFor(72, 6).forEach((weight, i) => {
        values[i % 3]! += weight;
      });
      expect(gradient).toBeCloseToTensor({ shape: [3], values }, tolerance);
    });
  });
});
