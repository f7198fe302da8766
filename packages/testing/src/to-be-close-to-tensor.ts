import type * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';

/** What numbers may come in: a tensor, or values with a shape. */
export type TensorLike =
  | tf.Tensor
  | { readonly shape: readonly number[]; readonly values: ArrayLike<number> };

/** How far two numbers may differ: `|received − expected| ≤ absolute + relative · |expected|`. */
export interface Tolerance {
  readonly absolute?: number;
  readonly relative?: number;
}

interface CustomMatchers<R = unknown> {
  /** Compares shape and elements and names the first that differs; default tolerance 1e-6 absolute, 1e-5 relative. */
  toBeCloseToTensor(expected: TensorLike, tolerance?: Tolerance): R;
}

declare module 'vitest' {
  // biome-ignore lint/suspicious/noExplicitAny: must equal vitest's own declaration to merge with it.
  interface Matchers<T = any> extends CustomMatchers<T> {}
}

expect.extend({
  toBeCloseToTensor(received: TensorLike, expected: TensorLike, tolerance: Tolerance = {}) {
    const problem = firstDifference(received, expected, tolerance);
    return {
      pass: problem === undefined,
      message: () => problem ?? 'Expected the tensors to differ, but every element is within the tolerance',
    };
  },
});

/** Describes the first element that differs, or the shapes if they do; undefined if all are close. */
export function firstDifference(
  received: TensorLike,
  expected: TensorLike,
  { absolute = 1e-6, relative = 1e-5 }: Tolerance = {},
): string | undefined {
  if (received.shape.join() !== expected.shape.join()) {
    return `Expected shape [${expected.shape.join(', ')}], received [${received.shape.join(', ')}]`;
  }
  const actual = valuesOf(received);
  const wanted = valuesOf(expected);
  if (actual.length !== wanted.length) return `Expected ${wanted.length} elements, received ${actual.length}`;
  for (let i = 0; i < wanted.length; i++) {
    const a = actual[i] as number;
    const b = wanted[i] as number;
    // Written so that a NaN on either side fails, and an infinity meets only itself.
    if (Object.is(a, b) || (Number.isFinite(b) && Math.abs(a - b) <= absolute + relative * Math.abs(b)))
      continue;
    return `Expected element [${indexOf(i, expected.shape).join(', ')}] to be ${b}, received ${a}`;
  }
  return undefined;
}

function valuesOf(tensor: TensorLike): ArrayLike<number> {
  return 'values' in tensor ? tensor.values : tensor.dataSync();
}

function indexOf(flat: number, shape: readonly number[]): number[] {
  return shape.reduceRight<{ index: number[]; rest: number }>(
    ({ index, rest }, length) => ({ index: [rest % length, ...index], rest: Math.floor(rest / length) }),
    { index: [], rest: flat },
  ).index;
}
