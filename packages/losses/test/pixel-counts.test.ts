import './backend.ts';
import { expectNoTensorLeak } from '@lunet/testing';
import { tensor4d } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addCounts,
  countPixels,
  countTensorPixels,
  noCounts,
  type PixelCounts,
  scoresOf,
} from '../src/index.ts';

const counts = (
  truePositives: number,
  falsePositives: number,
  falseNegatives: number,
  trueNegatives: number,
) => ({ truePositives, falsePositives, falseNegatives, trueNegatives }) satisfies PixelCounts;

test('counts one pixel of each kind; exactly the threshold is not predicted', () => {
  expect(countPixels([1, 1, 0, 0], [0.9, 0.1, 0.6, 0.5])).toEqual(counts(1, 1, 1, 1));
});

test('takes another threshold and typed arrays, and NaN for not predicted', () => {
  const labels = new Uint8Array([1, 1, 0]);
  expect(countPixels(labels, new Float32Array([0.2, Number.NaN, 0.05]), 0.1)).toEqual(counts(1, 0, 1, 1));
});

test('tensors give the same counts as arrays and leave nothing behind', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom(0, 1), fc.constantFrom(0, 0.25, 0.5, 0.75, 1)), {
        minLength: 12,
        maxLength: 12,
      }),
      fc.constantFrom(0.25, 0.5, 0.6),
      async (pixels, threshold) => {
        const [y, p] = [pixels.map(([label]) => label), pixels.map(([, prediction]) => prediction)];
        const labels = tensor4d(y, [1, 3, 4, 1]);
        const predictions = tensor4d(p, [1, 3, 4, 1]);
        const counted = await expectNoTensorLeak(() => countTensorPixels(labels, predictions, threshold));
        expect(counted).toEqual(countPixels(y, p, threshold));
        labels.dispose();
        predictions.dispose();
      },
    ),
    { numRuns: 50, seed: 1 },
  );
});

test('refuses different sizes', async () => {
  expect(() => countPixels([1], [1, 0])).toThrow(
    new TypeError('Cannot count pixels: 1 labels and 2 predictions'),
  );
  const [a, b] = [tensor4d([1], [1, 1, 1, 1]), tensor4d([1, 0], [1, 1, 2, 1])];
  await expect(countTensorPixels(a, b)).rejects.toThrow(TypeError);
  a.dispose();
  b.dispose();
});

test('adds up: parts give the counts of the whole', () => {
  const [y, p] = [
    [1, 0, 1, 0, 1],
    [1, 1, 0, 0, 1],
  ];
  const parts = [0, 2].map((from, i) => countPixels(y.slice(from, [2, 5][i]), p.slice(from, [2, 5][i])));
  expect(parts.reduce(addCounts, noCounts)).toEqual(countPixels(y, p));
});

test('scores of counts', () => {
  expect(scoresOf(counts(6, 6, 2, 86))).toEqual({ recall: 0.75, precision: 0.5, dice: 0.6 });
});

test('scores of empty denominators are numbers', () => {
  expect(scoresOf(counts(0, 0, 0, 9))).toEqual({ recall: 1, precision: 1, dice: 1 });
  expect(scoresOf(counts(0, 0, 4, 5))).toEqual({ recall: 0, precision: 0, dice: 0 });
  expect(scoresOf(counts(0, 4, 0, 5))).toEqual({ recall: 1, precision: 0, dice: 0 });
});
