import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startOnnx } from '../src/index.ts';

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
const smallest = -(2 ** 31);

/** Where ONNX or C would do otherwise than tfjs: each gives what the cpu backend gives, bit by bit. */
const programs: Readonly<Record<string, () => tf.Tensor>> = {
  'whole parts of what does not fit': () =>
    tf.cast(tf.tensor1d([nan, inf, -inf, 1.9, -1.9, 3e9, -3e9, 2 ** 34 + 4096, 1e30]), 'int32'),
  'truth of NaN and -0': () => tf.cast(tf.tensor1d([nan, -0, 1e-30, -inf]), 'bool'),
  'whole quotients by 0 and -1': () =>
    tf.floorDiv(
      tf.tensor1d([7, -7, 0, smallest, -7, 7], 'int32'),
      tf.tensor1d([0, 0, 0, -1, 2, -2], 'int32'),
    ),
  'whole remainders by 0 and -1': () =>
    tf.mod(tf.tensor1d([7, -7, 0, smallest, -7, 7], 'int32'), tf.tensor1d([0, 0, 0, -1, 2, -2], 'int32')),
  'quotients of floats by 0': () => tf.floorDiv(tf.tensor1d([1, -1, 0, -7.5]), tf.tensor1d([0, 0, 0, 2])),
  'remainders of floats': () =>
    tf.mod(tf.tensor1d([5, -5, 5, -5, 5, 5, -6, nan]), tf.tensor1d([3, 3, -3, -3, inf, 0, 3, 1])),
  'products that overflow': () =>
    tf.mul(tf.tensor1d([2 ** 31 - 1, 1e5], 'int32'), tf.tensor1d([2, 1e5], 'int32')),
  'signs of NaN and 0': () => tf.sign(tf.tensor1d([nan, -0, 0, -inf, 1e-30])),
  'steps of NaN, 0 and the smallest normal number': () =>
    tf.step(tf.tensor1d([nan, -0, 0, 1.2e-38, -1, inf]), -1),
  'finite numbers': () => tf.isFinite(tf.tensor1d([nan, inf, -inf, 3e38, 0])),
  'NaN clipped': () => tf.clipByValue(tf.tensor1d([nan, -inf, inf, 0.5]), 0, 1),
  'maxima along rows with NaN': () =>
    tf.max(tf.tensor2d([1, nan, 2, nan, 3, 4, 5, 6, 7, -inf, -inf, -inf], [4, 3]), 1),
  'minima along columns with NaN': () => tf.min(tf.tensor2d([1, nan, 2, nan, 3, 4, 5, 6, 7], [3, 3]), 0),
  'segments that do not exist': () =>
    tf.unsortedSegmentSum(
      tf.tensor2d([1, 2, 3, 4, 5, 6, 7, 8], [4, 2]),
      tf.tensor1d([1, -1, 1, 5], 'int32'),
      3,
    ),
  'classes that do not exist': () => tf.oneHot(tf.tensor1d([-1, 0, 3, 2], 'int32'), 3),
  'the first of equals': () => tf.topk(tf.tensor1d([2, 5, 5, 1, 5]), 3).indices,
  'lists that count down': () => tf.range(5, -4, -3),
};

describe('recorded kernels', () => {
  beforeAll(async () => {
    await startOnnx({ threads: 2 });
  });

  it.each(Object.entries(programs))('agree with the cpu backend on %s', async (_, program) => {
    await tf.setBackend('cpu');
    const expected = tf.tidy(() => [...program().dataSync()]);
    await tf.setBackend('onnx');
    expect(tf.tidy(() => [...program().dataSync()])).toEqual(expected);
  });

  it('keep the digits of small numbers in log(1 + x) and exp(x) - 1', () => {
    const x = [1e-8, -1e-8, 1e-4, -0.3, 0.5, 2, 1e6];
    const near = (of: tf.Tensor, truth: (x: number) => number): void =>
      [...of.dataSync()].forEach((value, i) => {
        expect(value / truth(Math.fround(x[i]!)), `${x[i]}`).toBeCloseTo(1, 6);
      });
    near(tf.log1p(tf.tensor1d(x)), Math.log1p);
    near(tf.expm1(tf.tensor1d(x.slice(0, -1))), Math.expm1);
    expect([...tf.log1p(tf.tensor1d([-1, inf, nan, -2])).dataSync()]).toEqual([-inf, inf, nan, nan]);
  });

  it('add many rows of one segment without losing any', () => {
    const rows = 300_000;
    const segments = tf.tensor1d(
      Int32Array.from({ length: rows }, (_, i) => i % 3),
      'int32',
    );
    const sums = tf.unsortedSegmentSum(tf.ones([rows, 2]), segments, 3);
    expect([...sums.dataSync()]).toEqual([1e5, 1e5, 1e5, 1e5, 1e5, 1e5]);
  });

  it('keep six digits in sums of a million numbers', () => {
    const shape = [16, 64, 64, 16];
    const numbers = Float32Array.from({ length: 2 ** 20 }, (_, i) => 1 + ((i * 7919) % 2003) / 2003);
    const truth = new Float64Array(16);
    numbers.forEach((number, i) => {
      truth[i % 16]! += number;
    });
    const x = tf.tensor(numbers, shape);
    const total = truth.reduce((a, b) => a + b);
    expect(tf.sum(x).dataSync()[0]! / total).toBeCloseTo(1, 5.5);
    expect(tf.mean(x).dataSync()[0]! / (total / 2 ** 20)).toBeCloseTo(1, 5.5);
    tf.sum(x, [0, 1, 2])
      .dataSync()
      .forEach((sum, channel) => {
        expect(sum / truth[channel]!).toBeCloseTo(1, 5.5);
      });
  });

  it('say which index is outside when the graph runs, if they did not know it before', () => {
    const index = tf.add(tf.scalar(2, 'int32'), tf.scalar(1, 'int32'));
    const row = tf.gather(tf.tensor1d([1, 2, 3]), index as tf.Scalar);
    expect(() => row.dataSync()).toThrow(/idx=3 must be within the inclusive range \[-3,2\]/);
  });
});
