import type { Size } from '@lunet/io';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { closeWithBall } from '../src/close-with-ball.ts';
import { squaredDistance } from '../src/squared-distance.ts';

const anyStep = fc.constantFrom(0.5, 0.75, 1, 2.5);

/** Small masks under uneven spacing. */
const anyMask = fc
  .tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 5 }))
  .chain((size) =>
    fc.record({
      size: fc.constant(size as Size),
      spacing: fc.tuple(anyStep, anyStep, anyStep),
      mask: fc
        .array(fc.constantFrom(0, 0, 0, 1), { minLength: product(size), maxLength: product(size) })
        .map((values) => Uint8Array.from(values)),
    }),
  );

function product(size: readonly number[]): number {
  return size.reduce((count, n) => count * n, 1);
}

/** Each voxel's coordinate in mm. */
function places([width, height, depth]: Size, spacing: readonly number[]): number[][] {
  return Array.from({ length: width * height * depth }, (_, i) => [
    (i % width) * spacing[0]!,
    (Math.floor(i / width) % height) * spacing[1]!,
    Math.floor(i / (width * height)) * spacing[2]!,
  ]);
}

function squared(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, axis) => sum + (value - b[axis]!) ** 2, 0);
}

describe('squaredDistance', () => {
  test('is what the eye counts', () => {
    const mask = Uint8Array.of(0, 0, 1, 0, 0, 0);
    expect([...squaredDistance(mask, [3, 2, 1], [1, 2, 1])]).toEqual([4, 1, 0, 8, 5, 4]);
    expect([...squaredDistance(mask, [3, 2, 1], [1, 2, 1], { target: 0 })]).toEqual([0, 0, 1, 0, 0, 0]);
  });

  test('is the smallest of all distances, and Infinity beyond the limit', () => {
    fc.assert(
      fc.property(anyMask, fc.constantFrom(1, 2.5, 100), ({ mask, size, spacing }, limitMm) => {
        const at = places(size, spacing);
        const expected = at.map((place) =>
          Math.min(...at.flatMap((other, i) => (mask[i] === 1 ? squared(place, other) : []))),
        );
        const found = squaredDistance(mask, size, spacing, { limitMm });
        expected.forEach((value, i) => {
          if (value > limitMm * limitMm * 1.001) expect(found[i]).toBe(Number.POSITIVE_INFINITY);
          else expect(found[i]).toBeCloseTo(value, 4);
        });
      }),
      { numRuns: 50 },
    );
  });
});

describe('closeWithBall', () => {
  test('fills a gap that the ball does not fit, and leaves one that it does', () => {
    // Columns 4 and 8 are the mask; between them 3 voxels.
    const mask = Uint8Array.from({ length: 26 }, (_, i) => (i % 13 === 4 || i % 13 === 8 ? 1 : 0));
    const row = (radiusMm: number): string =>
      closeWithBall(mask, [13, 2, 1], [1, 1, 1], radiusMm).subarray(0, 13).join('');
    expect(row(1.5)).toBe('0000100010000');
    expect(row(2.5)).toBe('0000111110000');
  });

  test('fills a cavity, even one with room for the ball', () => {
    const mask = new Uint8Array(11 ** 3);
    places([11, 11, 11], [1, 1, 1]).forEach((place, i) => {
      const distance = Math.max(...place.map((at) => Math.abs(at - 5)));
      if (distance === 4) mask[i] = 1;
    });
    expect(closeWithBall(mask, [11, 11, 11], [1, 1, 1], 1)[665]).toBe(1);
  });

  test('holds the mask, and without cavities is the closing by definition', () => {
    fc.assert(
      fc.property(anyMask, fc.constantFrom(1, 1.6, 2.2), ({ mask, size, spacing }, radiusMm) => {
        const at = places(size, spacing);
        const limit = radiusMm * radiusMm;
        const centers = at.filter((place) =>
          at.every((other, i) => mask[i] === 0 || squared(place, other) > limit),
        );
        const closed = closeWithBall(mask, size, spacing, radiusMm);
        at.forEach((place, i) => {
          const isTouched = centers.some((center) => squared(place, center) <= limit);
          if (!isTouched || mask[i] === 1) expect(closed[i]).toBe(1);
          else if (closed[i] === 1) expect(size.every((count) => count > 2)).toBe(true);
        });
      }),
      { numRuns: 50 },
    );
  });
});
