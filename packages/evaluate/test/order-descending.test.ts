import fc from 'fast-check';
import { expect, it } from 'vitest';
import { orderDescending } from '../src/candidates/order-descending.ts';

it('orders as a stable sort does', () => {
  const values = fc.array(fc.oneof(fc.constantFrom(0, 0.5, 1), fc.float({ noNaN: true })));
  fc.assert(
    fc.property(values, (numbers) => {
      const floats = new Float32Array(numbers.map(Math.abs)); // no −0
      const expected = [...floats.keys()].sort((a, b) => floats[b]! - floats[a]!);
      expect([...orderDescending(floats)]).toEqual(expected);
    }),
    { numRuns: 50, seed: 6 },
  );
});
