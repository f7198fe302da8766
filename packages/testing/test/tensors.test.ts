import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { describe, expect, it } from 'vitest';
import { expectNoTensorLeak, firstDifference } from '../src/index.ts';

const expected = { shape: [2, 3], values: [1, 2, 3, 4, 5, 6] };

describe('toBeCloseToTensor', () => {
  it('accepts values within the tolerance', () => {
    const received = { shape: [2, 3], values: [1, 2, 3, 4.001, 5, 6] };
    expect(received).toBeCloseToTensor(expected, { absolute: 0.01 });
    expect(received).not.toBeCloseToTensor(expected);
  });

  it('names the first element that differs', () => {
    const received = { shape: [2, 3], values: [1, 2, 3, 4, 7, 8] };
    expect(firstDifference(received, expected)).toBe('Expected element [1, 1] to be 5, received 7');
    expect(() => expect(received).toBeCloseToTensor(expected)).toThrow('element [1, 1]');
  });

  it('never takes NaN for a number', () => {
    expect(firstDifference({ shape: [1], values: [Number.NaN] }, { shape: [1], values: [0] })).toBe(
      'Expected element [0] to be 0, received NaN',
    );
    expect(firstDifference({ shape: [1], values: [0] }, { shape: [1], values: [Number.NaN] })).toBeDefined();
  });

  it('takes only an infinity for an infinity', () => {
    const infinite = { shape: [1], values: [Number.POSITIVE_INFINITY] };
    expect(infinite).toBeCloseToTensor(infinite);
    expect({ shape: [1], values: [1] }).not.toBeCloseToTensor(infinite);
  });

  it('compares shapes', () => {
    expect(firstDifference({ ...expected, shape: [3, 2] }, expected)).toBe(
      'Expected shape [2, 3], received [3, 2]',
    );
  });
});

describe('expectNoTensorLeak', () => {
  it('passes where exactly the results stay', async () => {
    const tensor = await expectNoTensorLeak(() => tf.tidy(() => tf.tensor1d([1]).clone()), 1);
    await expectNoTensorLeak(() => tf.dispose(tensor), -1);
  });

  it('fails where a tensor is left over or disposed too often', async () => {
    const leak = expectNoTensorLeak(() => tf.tensor1d([1]));
    await expect(leak).rejects.toThrow('1 tensors leaked');
    const tensor = tf.tensor1d([1]);
    await expect(expectNoTensorLeak(() => tensor.dispose())).rejects.toThrow('1 tensors too many disposed');
  });
});
