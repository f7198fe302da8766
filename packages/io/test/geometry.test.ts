import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boxGeometry, type Geometry, identityDirection, indexToWorld, worldToIndex } from '../src/index.ts';
import { axisDirections, rotation } from './axis-directions.ts';

const flipped: Geometry = {
  size: [512, 512, 121],
  spacing: [0.75, 0.75, 2.5],
  origin: [198, 195, -335],
  direction: [-1, 0, 0, 0, -1, 0, 0, 0, 1],
};

const coordinate = fc.double({ min: -1000, max: 1000, noNaN: true });
const mm = fc.double({ min: 0.1, max: 10, noNaN: true });
const unit = fc.double({ min: 0.1, max: 1, noNaN: true });
const oblique = fc.record({
  size: fc.constant([64, 64, 64] as const),
  spacing: fc.tuple(mm, mm, mm),
  origin: fc.tuple(coordinate, coordinate, coordinate),
  direction: fc.tuple(unit, unit, unit, unit).map(rotation),
});

function expectClose(received: readonly number[], expected: readonly number[], digits = 6): void {
  received.forEach((n, i) => {
    expect(n).toBeCloseTo(expected[i]!, digits);
  });
}

describe('indexToWorld and worldToIndex', () => {
  it('honour a flipped direction, as in the documentation', () => {
    expect(indexToWorld(flipped, [100, 40, 10])).toEqual([123, 165, -310]);
    expect(worldToIndex(flipped, [123, 165, -310])).toEqual([100, 40, 10]);
  });

  it('keep the fraction of an index and reach outside the volume', () => {
    expect(worldToIndex(flipped, [198.375, 195, -335])).toEqual([-0.5, 0, 0]);
  });

  it('send each axis along its own column, in all 48 permutations and flips', () => {
    expect(new Set(axisDirections.map(String)).size).toBe(48);
    for (const direction of axisDirections) {
      const geometry: Geometry = { size: [4, 5, 6], spacing: [2, 3, 5], origin: [10, 20, 30], direction };
      for (let axis = 0; axis < 3; axis++) {
        const index: [number, number, number] = [0, 0, 0];
        index[axis] = 1;
        const step = [0, 1, 2].map((row) => direction[row * 3 + axis]! * geometry.spacing[axis]!);
        const world = indexToWorld(geometry, index);
        expect(world.map((w, row) => w - geometry.origin[row]!)).toEqual(step);
        expectClose(worldToIndex(geometry, world), index, 12);
      }
    }
  });

  it('are inverse to each other in oblique directions', () => {
    fc.assert(
      fc.property(oblique, fc.tuple(coordinate, coordinate, coordinate), (geometry, index) => {
        expectClose(worldToIndex(geometry, indexToWorld(geometry, index)), index);
        expectClose(indexToWorld(geometry, worldToIndex(geometry, index)), index);
      }),
      { numRuns: 50 },
    );
  });

  it('invert cosines that a header has rounded', () => {
    const geometry: Geometry = { ...flipped, direction: [0.87, -0.5, 0, 0.5, 0.87, 0, 0, 0, 1] };
    expectClose(worldToIndex(geometry, indexToWorld(geometry, [17, 250, 99.5])), [17, 250, 99.5], 9);
  });

  it('refuse a singular direction', () => {
    const geometry: Geometry = { ...flipped, direction: [1, 0, 0, 1, 0, 0, 0, 0, 1] };
    expect(() => worldToIndex(geometry, [0, 0, 0])).toThrow(
      new RangeError('Cannot map world to index: direction 1 0 0 1 0 0 0 0 1 is singular'),
    );
  });
});

describe('boxGeometry', () => {
  it('moves the origin to the first voxel, as in the documentation', () => {
    const geometry: Geometry = {
      size: [4, 4, 8],
      spacing: [1, 1, 2.5],
      origin: [0, 0, -100],
      direction: identityDirection,
    };
    expect(boxGeometry(geometry, { start: [1, 0, 2], size: [2, 4, 3] })).toEqual({
      ...geometry,
      size: [2, 4, 3],
      origin: [1, 0, -95],
    });
  });

  it('keeps every voxel where it is, in oblique directions', () => {
    fc.assert(
      fc.property(oblique, fc.tuple(fc.nat(9), fc.nat(9), fc.nat(9)), (geometry, start) => {
        const box = boxGeometry(geometry, { start, size: [50, 50, 50] });
        const index = [start[0] + 3, start[1] + 4, start[2] + 5] as const;
        expectClose(indexToWorld(box, [3, 4, 5]), indexToWorld(geometry, index));
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    [
      [0, 0, 120],
      [512, 512, 2],
    ],
    [
      [-1, 0, 0],
      [1, 1, 1],
    ],
    [
      [0, 0, 0],
      [1, 0, 1],
    ],
    [
      [0, 0, 0.5],
      [1, 1, 1],
    ],
  ] as const)('refuses a box from %j of %j voxels', (start, size) => {
    expect(() => boxGeometry(flipped, { start, size })).toThrow(RangeError);
  });
});
