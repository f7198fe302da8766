import type { Geometry } from '@lunet/io';
import { sphereToEllipsoid } from './ellipsoid.ts';
import type { Sphere } from './sphere.ts';
import { type RunVisitor, visitRuns } from './visit-runs.ts';

/**
 * Visits the voxels that `rasterizeSpheres` gives a sphere, a run of a row at a time, in memory order; no mask is
 * allocated.
 *
 * @throws {RangeError} if the sphere's centre is not finite or its diameter not positive.
 * @example
 * ```ts
 * const geometry: Geometry = { size: [5, 5, 5], spacing: [1, 1, 1], origin: [0, 0, 0], direction: identityDirection };
 * let voxels = 0;
 * visitSphere(geometry, { centerWorld: [2, 2, 2], diameterMm: 2 }, (z, y, xStart, xEnd) => {
 *   voxels += xEnd - xStart;
 * });
 * voxels; // 7: the centre and its six neighbours
 * ```
 */
export function visitSphere(geometry: Geometry, sphere: Sphere, visit: RunVisitor): void {
  visitRuns(geometry.size, sphereToEllipsoid(geometry, sphere), 0, geometry.size[2], visit);
}
