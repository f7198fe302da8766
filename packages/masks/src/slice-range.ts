import type { Geometry } from '@lunet/io';
import { sphereToEllipsoid } from './ellipsoid.ts';
import type { Sphere } from './sphere.ts';
import { visitRuns } from './visit-runs.ts';

/**
 * Finds the slices `[start, end)` in which a rasterised sphere has voxels, clipped to the volume.
 *
 * The first and the last slice do hold a voxel. A sphere that touches no voxel gives the empty range `[0, 0]`.
 *
 * @throws {RangeError} if the sphere's centre is not finite or its diameter not positive.
 * @example
 * ```ts
 * const geometry: Geometry = { size: [9, 9, 9], spacing: [1, 1, 2.5], origin: [0, 0, 0], direction: identityDirection };
 * sliceRange(geometry, { centerWorld: [4, 4, 10], diameterMm: 6 }); // [3, 6]: slices at 7.5, 10 and 12.5 mm
 * ```
 */
export function sliceRange(geometry: Geometry, sphere: Sphere): [start: number, end: number] {
  let first = -1;
  let last = -2;
  visitRuns(geometry.size, sphereToEllipsoid(geometry, sphere), 0, geometry.size[2], (z) => {
    if (first < 0) first = z;
    last = z;
  });
  return [Math.max(0, first), last < 0 ? 0 : last + 1];
}
