import './backend.ts';
import { expectNoTensorLeak } from '@lunet/testing';
import { dispose, grad, type Tensor, tensor1d, tidy } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { weightedCrossEntropy } from '../src/index.ts';
import { flat, noduleOf } from './nodule.ts';

const lossOf = (y: number[], p: number[], positiveWeight: number): number =>
  tidy(() => weightedCrossEntropy(tensor1d(y), tensor1d(p), { positiveWeight }).dataSync()[0]!);
const slopesOf = (y: number[], p: number[], positiveWeight: number): number[] =>
  tidy(() => [
    ...grad((x: Tensor) => weightedCrossEntropy(tensor1d(y), x, { positiveWeight }))(tensor1d(p)).dataSync(),
  ]);

describe('by hand', () => {
  test('an even chance costs ln 2 a pixel, a nodule pixel its weight times that', () => {
    expect(lossOf([1, 0], [0.5, 0.5], 3)).toBeCloseTo(2 * Math.LN2, 6);
    expect(
      tidy(() => weightedCrossEntropy(tensor1d([1, 0]), tensor1d([0.5, 0.5])).dataSync()[0]),
    ).toBeCloseTo(2.5 * Math.LN2, 6);
  });
  test('a quarter where there is a nodule, and where there is none', () => {
    expect(lossOf([1, 0, 0, 0], [0.25, 0.25, 0, 0], 2)).toBeCloseTo(
      (2 * Math.log(4) - Math.log(0.75)) / 4,
      5,
    );
  });
  test('right costs nothing, wrong no more than ln 10⁷ a pixel', () => {
    expect(lossOf([1, 0], [1, 0], 4)).toBeCloseTo(0, 6);
    expect(lossOf([0], [1], 4)).toBeCloseTo(Math.log(1e7), 0);
  });
  test('the gradient is −w/p on a nodule, 1/(1 − p) elsewhere, over the pixels', () => {
    const [onNodule, elsewhere] = slopesOf([1, 0], [0.25, 0.2], 3);
    expect(onNodule).toBeCloseTo(-3 / 0.25 / 2, 4);
    expect(elsewhere).toBeCloseTo(1 / 0.8 / 2, 5);
  });
});

test.each([0, 1])('value and gradient are finite where every probability is exactly %i', (probability) => {
  for (const pixels of [0, 50, 4096]) {
    const [loss, slopes] = tidy(() => {
      const labels = noduleOf(pixels);
      const predictions = flat(probability);
      return [
        weightedCrossEntropy(labels, predictions).dataSync()[0]!,
        grad((p: Tensor) => weightedCrossEntropy(labels, p))(predictions).dataSync(),
      ] as const;
    });
    expect(Number.isFinite(loss)).toBe(true);
    expect(slopes.every(Number.isFinite)).toBe(true);
  }
});

test('leaves one tensor behind', async () => {
  const inputs = [noduleOf(50), flat(0.1)] as const;
  const loss = await expectNoTensorLeak(() => weightedCrossEntropy(...inputs), 1);
  dispose([...inputs, loss]);
});

test('says what does not fit', () => {
  expect(() => tidy(() => weightedCrossEntropy(tensor1d([1]), tensor1d([1, 0])))).toThrow(
    'Cannot compare labels [1] with predictions [2]: shapes differ',
  );
  expect(() => lossOf([1], [1], -1)).toThrow('Cannot weigh cross-entropy with -1');
  expect(() => lossOf([1], [1], Number.NaN)).toThrow(RangeError);
});
