import { expect, it } from 'vitest';
import { interpolate } from '../src/interpolate.ts';

it('reads between points, level beyond the ends, and the last of equal ones', () => {
  const x = [1, 2, 2, 4];
  const y = [0.1, 0.2, 0.4, 0.8];
  expect([0, 1, 1.5, 2, 3, 4, 9].map((at) => interpolate(x, y, at))).toEqual([
    0.1, 0.1, 0.15000000000000002, 0.4, 0.6000000000000001, 0.8, 0.8,
  ]);
  expect(interpolate([], [], 1)).toBeNaN();
  expect([0, 2, 3, 9].map((at) => interpolate(x, [null, null, null, null], at))).toEqual(
    Array(4).fill(Number.NaN),
  );
});
