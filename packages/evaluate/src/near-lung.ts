import type { Volume } from '@lunet/io';
import { squaredDistances } from './squared-distances.ts';

/**
 * Tells which pixels of slice `z` lie within `marginMm` of a lung voxel, this slice's or another's, centre to centre.
 *
 * The distances in mm are exact; time is linear in the pixels, times the slices within the margin.
 *
 * @param lung whatever is not 0 is lung.
 * @returns 1 and 0, row-major `[height, width]`.
 */
export function nearLung({ geometry, voxels }: Volume<Uint8Array>, z: number, marginMm: number): Uint8Array {
  const [width, height, depth] = geometry.size;
  const [spacingX, spacingY, spacingZ] = geometry.spacing;
  const pixels = width * height;
  const { data } = voxels;
  // Multiples of a spacing such as 0.7 mm are not exact: a voxel at the very margin shall count.
  const margin = marginMm * (1 + 1e-6);
  const limit = margin * margin;
  // Squared distances to the lung: along z, then also along x, then also along y.
  const squared = new Float32Array(pixels).fill(Number.POSITIVE_INFINITY);
  for (let step = Math.floor(margin / spacingZ); step >= 0; step--) {
    const distance = (step * spacingZ) ** 2;
    for (const slice of step === 0 ? [z] : [z - step, z + step]) {
      if (slice < 0 || slice >= depth) continue;
      const from = slice * pixels;
      // The slices come nearer, so that the last one to write is the nearest.
      for (let pixel = 0; pixel < pixels; pixel++) if (data[from + pixel] !== 0) squared[pixel] = distance;
    }
  }
  const rows = { lines: height, lineStride: width, length: width, stride: 1 };
  squaredDistances(squared, rows, spacingX, limit);
  const columns = { lines: width, lineStride: 1, length: height, stride: width };
  squaredDistances(squared, columns, spacingY, limit);
  const near = new Uint8Array(pixels);
  for (let pixel = 0; pixel < pixels; pixel++) near[pixel] = squared[pixel]! <= limit ? 1 : 0;
  return near;
}
