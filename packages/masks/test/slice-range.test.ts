import { type Geometry, identityDirection, indexToWorld } from '@lunet/io';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rasterizeSpheres, sliceRange } from '../src/index.ts';
import { anyGeometry } from './any-geometry.ts';

const geometry: Geometry = {
  size: [9, 9, 9],
  spacing: [1, 1, 2.5],
  origin: [0, 0, 0],
  direction: identityDirection,
};

describe('sliceRange', () => {
  test('gives the example: the slices at 7.5, 10 and 12.5 mm', () => {
    expect(sliceRange(geometry, { centerWorld: [4, 4, 10], diameterMm: 6 })).toEqual([3, 6]);
  });

  test('is clipped to the volume, and empty beside it', () => {
    expect(sliceRange(geometry, { centerWorld: [4, 4, 0], diameterMm: 6 })).toEqual([0, 2]);
    expect(sliceRange(geometry, { centerWorld: [4, 4, 20], diameterMm: 6 })).toEqual([7, 9]);
    expect(sliceRange(geometry, { centerWorld: [4, 4, 40], diameterMm: 6 })).toEqual([0, 0]);
  });

  test('leaves out a slice that the sphere enters between voxel centres', () => {
    // At 2.5 mm the sphere is 0.3 mm wide, and the nearest voxel centre 0.7 mm off.
    const sphere = { centerWorld: [4.5, 4.5, 5], diameterMm: 5.01 } as const;
    expect(sliceRange(geometry, sphere)).toEqual([2, 3]);
  });

  test('is where the mask has voxels', () => {
    fc.assert(
      fc.property(
        anyGeometry,
        fc.tuple(...[0, 1, 2].map(() => fc.double({ min: -2, max: 10, noNaN: true }))),
        fc.double({ min: 0.01, max: 12, noNaN: true }),
        (anywhere, index, diameterMm) => {
          const sphere = {
            centerWorld: indexToWorld(anywhere, index as [number, number, number]),
            diameterMm,
          };
          const [columns, rows, depth] = anywhere.size;
          const { data } = rasterizeSpheres(anywhere, [sphere]).voxels;
          const filled = Array.from({ length: depth }, (_, z) => z).filter((z) =>
            data.subarray(z * rows * columns, (z + 1) * rows * columns).includes(1),
          );
          const expected = filled.length > 0 ? [filled[0], filled.at(-1)! + 1] : [0, 0];
          expect(sliceRange(anywhere, sphere)).toEqual(expected);
        },
      ),
      { numRuns: 50 },
    );
  });

  test('throws on a diameter that is not positive', () => {
    expect(() => sliceRange(geometry, { centerWorld: [4, 4, 10], diameterMm: -1 })).toThrow(RangeError);
  });
});
