import { boxGeometry, type Geometry, toVoxels, type Volume } from '@lunet/io';
import { sphereToEllipsoid } from './ellipsoid.ts';
import type { Sphere } from './sphere.ts';
import { visitRuns } from './visit-runs.ts';

/** What of the volume to rasterise, and with which values. */
export interface RasterizeOptions {
  /** Slices `[start, end)` to return instead of the whole volume; only their voxels are allocated. */
  readonly slices?: readonly [start: number, end: number];
  /** Gives sphere `i` the value `i + 1` in Uint16 voxels; otherwise all are 1 in Uint8 voxels. */
  readonly instances?: boolean;
}

/** Largest instance id that Uint16 voxels hold. */
const maxInstances = 0xffff;

/**
 * Rasterises spheres, given in mm, into a mask of shape `[z, y, x]`: 1 where a voxel's centre lies inside or on a
 * sphere, else 0.
 *
 * Spacing and direction (oblique too) are honoured. A sphere is clipped at the volume's borders; one whose centre lies
 * in the volume gets at least its nearest voxel. With `slices` the result is that slab of the whole mask, with the
 * slab's own geometry. Where instances overlap, the smaller sphere is drawn on top (equal ones in the order given).
 * The work grows with the spheres' surface; the volume costs no more than its zeroed memory.
 *
 * @throws {RangeError} if a centre is not finite, a diameter not positive, `slices` not a non-empty range within the
 *   volume, or there are more than 65,535 instances.
 * @example
 * ```ts
 * const geometry: Geometry = { size: [5, 5, 5], spacing: [1, 1, 1], origin: [0, 0, 0], direction: identityDirection };
 * const mask = rasterizeSpheres(geometry, [{ centerWorld: [2, 2, 2], diameterMm: 2 }]);
 * mask.voxels.data.reduce((sum, value) => sum + value, 0); // 7: the centre and its six neighbours
 * ```
 */
export function rasterizeSpheres(
  geometry: Geometry,
  spheres: readonly Sphere[],
  options: RasterizeOptions & { readonly instances: true },
): Volume<Uint16Array>;
export function rasterizeSpheres(
  geometry: Geometry,
  spheres: readonly Sphere[],
  options?: RasterizeOptions & { readonly instances?: false },
): Volume<Uint8Array>;
export function rasterizeSpheres(
  geometry: Geometry,
  spheres: readonly Sphere[],
  options?: RasterizeOptions,
): Volume<Uint8Array | Uint16Array>;
export function rasterizeSpheres(
  geometry: Geometry,
  spheres: readonly Sphere[],
  { slices = [0, geometry.size[2]], instances = false }: RasterizeOptions = {},
): Volume<Uint8Array | Uint16Array> {
  const [columns, rows, depth] = geometry.size;
  const [start, end] = slices;
  if (!(Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start < end && end <= depth)) {
    throw new RangeError(
      `Cannot rasterize slices [${start}, ${end}): expected a non-empty range within the volume's [0, ${depth})`,
    );
  }
  if (instances && spheres.length > maxInstances) {
    throw new RangeError(`Cannot number ${spheres.length} spheres: Uint16 instances end at ${maxInstances}`);
  }
  const length = columns * rows * (end - start);
  const data = instances ? new Uint16Array(length) : new Uint8Array(length);
  let value = 1;
  const paint = (z: number, y: number, xStart: number, xEnd: number): void => {
    const row = ((z - start) * rows + y) * columns;
    data.fill(value, row + xStart, row + xEnd);
  };
  for (const index of drawingOrder(spheres, instances)) {
    if (instances) value = index + 1;
    visitRuns(geometry.size, sphereToEllipsoid(geometry, spheres[index]!), start, end, paint);
  }
  return {
    geometry: boxGeometry(geometry, { start: [0, 0, start], size: [columns, rows, end - start] }),
    voxels: toVoxels(data, [end - start, rows, columns]),
  };
}

function drawingOrder(spheres: readonly Sphere[], instances: boolean): number[] {
  const order = spheres.map((_, index) => index);
  return instances ? order.sort((a, b) => spheres[b]!.diameterMm - spheres[a]!.diameterMm) : order;
}
