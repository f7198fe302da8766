import type { Volume } from '@lunet/io';
import { isLung } from './lung-labels.ts';
import { createEnvelope, transformLine } from './squared-distance.ts';

/**
 * Tells which pixels of slice `z` lie within a margin of a lung voxel, this slice's or another's, centre to centre.
 *
 * The distances in mm are exact; the time is linear in the pixels, times the slices within the margin.
 *
 * @param lung a mask of the scan, `[z, y, x]`; {@link isLung} says which labels count.
 * @returns 1 and 0, row-major `[height, width]`.
 * @throws {RangeError} if `z` is not a slice of the mask, or the margin negative or not finite.
 * @example
 * ```ts
 * const geometry = { size: [5, 1, 1], spacing: [2, 1, 1], origin: [0, 0, 0], direction: identityDirection };
 * const lung = { geometry, voxels: toVoxels(new Uint8Array([1, 0, 0, 0, 5]), [1, 1, 5]) }; // 5 is the windpipe
 * nearLung(lung, 0, 4); // [1, 1, 1, 0, 0]
 * ```
 */
export function nearLung({ geometry, voxels }: Volume<Uint8Array>, z: number, marginMm: number): Uint8Array {
  const [width, height, depth] = geometry.size;
  const [spacingX, spacingY, spacingZ] = geometry.spacing;
  if (!(Number.isInteger(z) && z >= 0 && z < depth)) {
    throw new RangeError(`Cannot take slice ${z} of the lung mask: it has slices 0 to ${depth - 1}`);
  }
  if (!(marginMm >= 0 && Number.isFinite(marginMm))) {
    throw new RangeError(`Cannot take a margin of ${marginMm} mm around the lung: give 0 mm or more`);
  }
  const pixels = width * height;
  const { data } = voxels;
  // Multiples of a spacing such as 0.7 mm are not exact: a voxel at the very margin shall count.
  const margin = marginMm * (1 + 1e-6);
  const limit = Math.min(margin * margin, Number.MAX_VALUE);
  // Squared distances to the lung: along z, then also along x, then also along y.
  const squared = new Float32Array(pixels).fill(Number.POSITIVE_INFINITY);
  for (let step = Math.min(Math.floor(margin / spacingZ), depth - 1); step >= 0; step--) {
    const distance = (step * spacingZ) ** 2;
    for (const slice of step === 0 ? [z] : [z - step, z + step]) {
      if (slice < 0 || slice >= depth) continue;
      const from = slice * pixels;
      // The slices come nearer, so that the last one to write is the nearest.
      for (let pixel = 0; pixel < pixels; pixel++) if (isLung(data[from + pixel]!)) squared[pixel] = distance;
    }
  }
  // Only what lies within the margin of the lung's rectangle can be near it.
  const near = new Uint8Array(pixels);
  const [left, right, top, bottom] = boundsOfFinite(squared, width, height);
  const [reachX, reachY] = [Math.ceil(margin / spacingX), Math.ceil(margin / spacingY)];
  const [x0, x1] = [Math.max(0, left - reachX), Math.min(width, right + reachX)];
  const [y0, y1] = [Math.max(0, top - reachY), Math.min(height, bottom + reachY)];
  const envelope = createEnvelope(Math.max(width, height));
  for (let y = top; y < bottom; y++) {
    transformLine(squared, y * width + x0, 1, x1 - x0, spacingX, limit, envelope);
  }
  for (let x = x0; x < x1; x++) {
    transformLine(squared, y0 * width + x, width, y1 - y0, spacingY, limit, envelope);
  }
  for (let y = y0; y < y1; y++) {
    for (let pixel = y * width + x0; pixel < y * width + x1; pixel++) {
      near[pixel] = squared[pixel]! <= limit ? 1 : 0;
    }
  }
  return near;
}

/** The rectangle of what is not infinite: left and right, top and bottom, the ends exclusive; empty if there is nothing. */
function boundsOfFinite(
  values: Float32Array,
  width: number,
  height: number,
): [left: number, right: number, top: number, bottom: number] {
  let [left, right, top, bottom] = [width, 0, height, 0];
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (values[i] === Number.POSITIVE_INFINITY) continue;
      if (x < left) left = x;
      if (x >= right) right = x + 1;
      if (y < top) top = y;
      bottom = y + 1;
    }
  }
  return left < right ? [left, right, top, bottom] : [0, 0, 0, 0];
}
