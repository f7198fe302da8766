import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';

/**
 * Runs `fn` and expects the number of live tensors to grow by exactly `results`, the tensors that it hands out.
 *
 * @example
 * ```ts
 * const sum = await expectNoTensorLeak(() => tf.tidy(() => tf.add(a, b)), 1);
 * ```
 */
export async function expectNoTensorLeak<T>(fn: () => T | Promise<T>, results = 0): Promise<T> {
  const before = tf.memory().numTensors;
  const result = await fn();
  const leaked = tf.memory().numTensors - before - results;
  expect(leaked, `${Math.abs(leaked)} tensors ${leaked < 0 ? 'too many disposed' : 'leaked'}`).toBe(0);
  return result;
}
