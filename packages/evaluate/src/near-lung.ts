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
  // Squared distances to the lung: along z, then also along x, then also along y.
  const squared = new Float32Array(pixels).fill(Number.POSITIVE_INFINITY);
  let first = pixels;
  let last = -1;
  for (let step = Math.floor(marginMm / spacingZ); step >= 0; step--) {
    const distance = (step * spacingZ) ** 2;
    for (const slice of step === 0 ? [z] : [z - step, z + step]) {
      if (slice < 0 || slice >= depth) continue;
      const from = slice * pixels;
      for (let pixel = 0; pixel < pixels; pixel++) {
        if (data[from + pixel] === 0) continue;
        // The slices come nearer.
        squared[pixel] = distance;
        if (pixel < first) first = pixel;
        if (pixel > last) last = pixel;
      }
    }
  }
  const near = new Uint8Array(pixels);
  if (last < 0) return near;

  const top = Math.floor(first / width);
  const bottom = Math.floor(last / width) + 1;
  const rows = { offset: top * width, lines: bottom - top, lineStride: width, length: width, stride: 1 };
  squaredDistances(squared, rows, spacingX);
  const reach = Math.floor(marginMm / spacingY);
  const from = Math.max(0, top - reach);
  const to = Math.min(height, bottom + reach);
  const columns = { offset: from * width, lines: width, lineStride: 1, length: to - from, stride: width };
  squaredDistances(squared, columns, spacingY);
  // Spacings such as 0.7 mm are not exact: a voxel at the very margin shall count.
  const limit = marginMm * marginMm * (1 + 1e-6);
  for (let pixel = from * width; pixel < to * width; pixel++) near[pixel] = squared[pixel]! <= limit ? 1 : 0;
  return near;
}
