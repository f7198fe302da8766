import type { Size } from '@lunet/io';
import type { Ellipsoid } from './ellipsoid.ts';

/** Called for the voxels `[xStart, xEnd)` of a row. */
export type RunVisitor = (z: number, y: number, xStart: number, xEnd: number) => void;

/**
 * Visits the rows of voxels whose centres lie in an ellipsoid, within the volume and the slices `[zStart, zEnd)`.
 *
 * For each row of the bounding box the ends are the roots of a quadratic in x, so no voxel is tested by itself. Where
 * no voxel centre lies inside although the ellipsoid's own centre is in the volume, the nearest voxel is visited: a
 * nodule smaller than a voxel never disappears.
 */
export function visitRuns(
  size: Size,
  ellipsoid: Ellipsoid,
  zStart: number,
  zEnd: number,
  visit: RunVisitor,
): void {
  if (visitInside(size, ellipsoid, zStart, zEnd, visit) > 0) return;
  const [x, y, z] = ellipsoid.center;
  const nearestX = Math.floor(x + 0.5);
  const nearestY = Math.floor(y + 0.5);
  const nearestZ = Math.floor(z + 0.5);
  if (nearestZ < zStart || nearestZ >= zEnd) return;
  if (nearestX < 0 || nearestX >= size[0] || nearestY < 0 || nearestY >= size[1]) return;
  // Only the whole volume tells whether the ellipsoid is empty: these slices may merely miss it.
  if (visitInside(size, ellipsoid, 0, size[2], ignore) > 0) return;
  visit(nearestZ, nearestY, nearestX, nearestX + 1);
}

function visitInside(
  size: Size,
  ellipsoid: Ellipsoid,
  zStart: number,
  zEnd: number,
  visit: RunVisitor,
): number {
  const { center, radiusSquared, xx, xy, xz, yy, yz, zz, reach } = ellipsoid;
  const [cx, cy, cz] = center;
  const firstZ = Math.max(zStart, Math.ceil(cz - reach[2]));
  const lastZ = Math.min(zEnd - 1, Math.floor(cz + reach[2]));
  const firstY = Math.max(0, Math.ceil(cy - reach[1]));
  const lastY = Math.min(size[1] - 1, Math.floor(cy + reach[1]));
  let runs = 0;
  for (let z = firstZ; z <= lastZ; z++) {
    const dz = z - cz;
    for (let y = firstY; y <= lastY; y++) {
      const dy = y - cy;
      // xx·dx² + 2·half·dx + rest ≤ 0 holds between the two roots.
      const half = xy * dy + xz * dz;
      const rest = yy * dy * dy + 2 * yz * dy * dz + zz * dz * dz - radiusSquared;
      const discriminant = half * half - xx * rest;
      if (discriminant < 0) continue;
      const root = Math.sqrt(discriminant);
      const start = Math.max(0, Math.ceil(cx + (-half - root) / xx));
      const end = Math.min(size[0], Math.floor(cx + (-half + root) / xx) + 1);
      if (start >= end) continue;
      visit(z, y, start, end);
      runs++;
    }
  }
  return runs;
}

function ignore(): void {}
