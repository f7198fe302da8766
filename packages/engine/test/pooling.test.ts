import '@lunet/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startEngine } from '../src/index.ts';
import { axisOf, poolGradient, type Shape, type Window2d } from './reference.ts';
import { valuesFor } from './values.ts';

beforeAll(async () => {
  await startEngine({ prefer: 'wasm' });
});

interface Case {
  shape: [number, number, number, number];
  size: number;
  stride: number;
  pad: 'same' | 'valid';
}

const cases: Case[] = [
  { shape: [2, 4, 6, 8], size: 2, stride: 2, pad: 'valid' },
  { shape: [2, 5, 7, 3], size: 2, stride: 2, pad: 'valid' },
  { shape: [2, 5, 7, 6], size: 2, stride: 2, pad: 'same' },
  { shape: [3, 6, 5, 5], size: 3, stride: 2, pad: 'same' },
  { shape: [1, 5, 5, 1], size: 3, stride: 1, pad: 'valid' },
  { shape: [2, 4, 9, 4], size: 3, stride: 1, pad: 'same' },
];

describe.each(cases)('pooling $shape by $size stride $stride $pad', ({ shape, size, stride, pad }) => {
  const [batch, height, width, channels] = shape;
  const sizes: Shape = { batch, height, width, channels };
  const window: Window2d = { size: [size, size], strides: [stride, stride], pad };
  const outShape = [
    batch,
    axisOf(height, size, stride, pad).out,
    axisOf(width, size, stride, pad).out,
    channels,
  ];
  const length = shape.reduce((a, b) => a * b);
  const weights = valuesFor(
    outShape.reduce((a, b) => a * b),
    7,
  );

  it.each([
    ['values of both signs', valuesFor(length, 8)],
    ['only negative values', valuesFor(length, 8).map((v) => v - 2)],
    ['ties', valuesFor(length, 8).map((v) => Math.round(v * 2) / 2)],
    ['zeros', new Float32Array(length)],
  ])('max hands the gradient to the first maximum of %s', (_, x) => {
    tf.tidy(() => {
      const loss = (a: tf.Tensor): tf.Scalar =>
        tf.sum(tf.mul(tf.maxPool(a as tf.Tensor4D, size, stride, pad), tf.tensor(weights, outShape)));
      const values = poolGradient('max', x, sizes, window, weights);
      expect(tf.grad(loss)(tf.tensor(x, shape))).toBeCloseToTensor({ shape, values });
    });
  });

  it('average spreads the gradient over the elements inside the image', () => {
    tf.tidy(() => {
      const loss = (a: tf.Tensor): tf.Scalar =>
        tf.sum(tf.mul(tf.avgPool(a as tf.Tensor4D, size, stride, pad), tf.tensor(weights, outShape)));
      const values = poolGradient('avg', new Float32Array(length), sizes, window, weights);
      expect(tf.grad(loss)(tf.tensor(valuesFor(length, 9), shape))).toBeCloseToTensor({ shape, values });
    });
  });
});
