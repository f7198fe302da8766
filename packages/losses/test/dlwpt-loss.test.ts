import './backend.ts';
import { expectNoTensorLeak } from '@lunet/testing';
import { dispose, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { dlwptLoss } from '../src/index.ts';
import { flat, noduleOf } from './nodule.ts';

const lossOf = (labels: () => Tensor, predictions: () => Tensor): number =>
  tidy(() => dlwptLoss(labels(), predictions()).dataSync()[0]!);

describe('dlwptLoss of a 50-pixel nodule in 64x64', () => {
  const label = () => noduleOf(50);

  test('all zeros cost 9 (1 − 1/51)', () => {
    expect(lossOf(label, () => flat(0))).toBeCloseTo(8.8235, 4);
  });
  test('all ones cost 1 − 101/4147: less than one, so a collapse is cheap', () => {
    expect(lossOf(label, () => flat(1))).toBeCloseTo(0.97565, 5);
  });
  test('a perfect prediction costs nothing', () => {
    expect(lossOf(label, label)).toBe(0);
  });
});

test('an empty label costs nothing without a prediction, and 1 − 1/11 with 10 pixels', () => {
  expect(
    lossOf(
      () => noduleOf(0),
      () => flat(0),
    ),
  ).toBe(0);
  expect(
    lossOf(
      () => noduleOf(0),
      () => noduleOf(10),
    ),
  ).toBeCloseTo(0.90909, 5);
});

test('leaves one tensor behind', async () => {
  const [labels, predictions] = [noduleOf(3), flat(0.5)];
  const loss = await expectNoTensorLeak(() => dlwptLoss(labels, predictions), 1);
  dispose([loss, labels, predictions]);
});
