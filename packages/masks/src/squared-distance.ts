import type { Size, Spacing } from '@lunet/io';

/**
 * Squared distance in mm² from each voxel's centre to the nearest voxel whose value is `target`; Infinity beyond
 * `limitMm`.
 *
 * Exact and linear in the voxels: one pass an axis over the lower envelope of parabolas (Felzenszwalb and Huttenlocher,
 * "Distance Transforms of Sampled Functions", Theory of Computing 8, 2012). A limit makes it faster, since lines
 * without a voxel that near are passed over.
 */
export function squaredDistance(
  mask: Uint8Array,
  [width, height, slices]: Size,
  spacing: Spacing,
  { target = 1, limitMm = Number.POSITIVE_INFINITY }: { target?: 0 | 1; limitMm?: number } = {},
): Float32Array {
  const distance = new Float32Array(mask.length);
  sweepRows(mask, target, width, spacing[0], limitMm, distance);
  const envelope = createEnvelope(Math.max(height, slices));
  const area = width * height;
  // A hair above, so that rounding keeps what lies at the limit exactly.
  const limit = limitMm * limitMm * (1 + 1e-6);
  for (let k = 0; k < slices; k++) {
    for (let i = 0; i < width; i++)
      transformLine(distance, k * area + i, width, height, spacing[1], limit, envelope);
  }
  for (let i = 0; i < area; i++) transformLine(distance, i, area, slices, spacing[2], limit, envelope);
  return distance;
}

/** Along x a sweep each way is enough. */
function sweepRows(
  mask: Uint8Array,
  target: number,
  width: number,
  step: number,
  limitMm: number,
  distance: Float32Array,
): void {
  for (let row = 0; row < mask.length; row += width) {
    let mm = Number.POSITIVE_INFINITY;
    for (let i = row; i < row + width; i++) {
      mm = mask[i] === target ? 0 : mm + step;
      distance[i] = mm;
    }
    mm = Number.POSITIVE_INFINITY;
    for (let i = row + width - 1; i >= row; i--) {
      mm = mask[i] === target ? 0 : mm + step;
      const nearest = Math.min(mm, distance[i]!);
      distance[i] = nearest > limitMm ? Number.POSITIVE_INFINITY : nearest * nearest;
    }
  }
}

/** Scratch memory for the parabolas of a line: their values, their vertices, and where each becomes the lowest. */
export interface Envelope {
  readonly values: Float64Array;
  readonly vertices: Int32Array;
  readonly starts: Float64Array;
}

/** Scratch memory for lines of up to `length` voxels. */
export function createEnvelope(length: number): Envelope {
  return {
    values: new Float64Array(length),
    vertices: new Int32Array(length),
    starts: new Float64Array(length + 1),
  };
}

/** Replaces a line's values by the smallest of value + squared distance over the line; Infinity beyond `limit` mm². */
export function transformLine(
  distance: Float32Array,
  start: number,
  stride: number,
  length: number,
  step: number,
  limit: number,
  { values, vertices, starts }: Envelope,
): void {
  const scale = step * step;
  let top = -1;
  let zeros = 0;
  for (let i = 0, at = start; i < length; i++, at += stride) {
    const value = distance[at]!;
    if (value === 0) zeros++;
    if (value === Number.POSITIVE_INFINITY) continue;
    values[i] = value / scale;
    let from = Number.NEGATIVE_INFINITY;
    while (top >= 0) {
      const vertex = vertices[top]!;
      from = (values[i]! - values[vertex]! + i * i - vertex * vertex) / (2 * (i - vertex));
      if (from > starts[top]!) break;
      top--;
    }
    if (top < 0) from = Number.NEGATIVE_INFINITY;
    vertices[++top] = i;
    starts[top] = from;
  }
  if (top < 0 || zeros === length) return;
  starts[top + 1] = Number.POSITIVE_INFINITY;
  for (let i = 0, at = start, low = 0; i < length; i++, at += stride) {
    while (starts[low + 1]! < i) low++;
    const vertex = vertices[low]!;
    const value = scale * ((i - vertex) * (i - vertex) + values[vertex]!);
    distance[at] = value > limit ? Number.POSITIVE_INFINITY : value;
  }
}
