import { type Geometry, type Index, worldToIndex } from '@lunet/io';
import type { Sphere } from './sphere.ts';

/**
 * A sphere as the voxel grid sees it: the indices `i` with `(i − center)ᵀ G (i − center) ≤ radius²`, where
 * `G = MᵀM` and `M = direction · diag(spacing)` takes index steps to mm.
 */
export interface Ellipsoid {
  readonly center: Index;
  readonly radiusSquared: number;
  /** Upper triangle of G, in mm². */
  readonly xx: number;
  readonly xy: number;
  readonly xz: number;
  readonly yy: number;
  readonly yz: number;
  readonly zz: number;
  /** Half the bounding box along each axis, in voxels. */
  readonly reach: Index;
}

/**
 * Takes a sphere from mm onto the grid of a geometry.
 *
 * @throws {RangeError} if the centre or the diameter is not a finite number, the diameter is not positive, or the
 *   geometry has no volume.
 */
export function sphereToEllipsoid(geometry: Geometry, sphere: Sphere): Ellipsoid {
  const { centerWorld, diameterMm } = sphere;
  if (!centerWorld.every(Number.isFinite)) {
    throw new RangeError(
      `Cannot rasterize sphere: centerWorld is (${centerWorld.join(', ')}), expected finite mm`,
    );
  }
  if (!(Number.isFinite(diameterMm) && diameterMm > 0)) {
    throw new RangeError(
      `Cannot rasterize sphere at (${centerWorld.join(', ')}): diameterMm is ${diameterMm}, expected more than 0 mm`,
    );
  }
  const [sx, sy, sz] = geometry.spacing;
  const d = geometry.direction;
  const xx = sx * sx * (d[0] * d[0] + d[3] * d[3] + d[6] * d[6]);
  const yy = sy * sy * (d[1] * d[1] + d[4] * d[4] + d[7] * d[7]);
  const zz = sz * sz * (d[2] * d[2] + d[5] * d[5] + d[8] * d[8]);
  const xy = sx * sy * (d[0] * d[1] + d[3] * d[4] + d[6] * d[7]);
  const xz = sx * sz * (d[0] * d[2] + d[3] * d[5] + d[6] * d[8]);
  const yz = sy * sz * (d[1] * d[2] + d[4] * d[5] + d[7] * d[8]);
  const minorX = yy * zz - yz * yz;
  const minorY = xx * zz - xz * xz;
  const minorZ = xx * yy - xy * xy;
  const determinant = xx * minorX - xy * (xy * zz - yz * xz) + xz * (xy * yz - yy * xz);
  if (!(Number.isFinite(determinant) && determinant > 0)) {
    throw new RangeError(
      `Cannot rasterize sphere: spacing ${geometry.spacing.join('x')} mm with direction [${d.join(', ')}] spans no volume`,
    );
  }
  const radiusSquared = (diameterMm / 2) ** 2;
  return {
    center: worldToIndex(geometry, centerWorld),
    radiusSquared,
    xx,
    xy,
    xz,
    yy,
    yz,
    zz,
    // The diagonal of the inverse of G bounds an ellipsoid along the axes.
    reach: [
      Math.sqrt((radiusSquared * minorX) / determinant),
      Math.sqrt((radiusSquared * minorY) / determinant),
      Math.sqrt((radiusSquared * minorZ) / determinant),
    ],
  };
}
