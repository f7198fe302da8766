import type { Volume } from '@lunet/io';
import { clipHounsfield, type NumberArray } from './hounsfield.ts';

/** How a whole slice is taken. */
export interface FullSliceOptions {
  /** Slices on either side; the result has `2 · context + 1` channels. */
  readonly context?: number;
  /** Where to write, `height · width · channels` elements, instead of a new array. */
  readonly out?: Float32Array;
  /** The slice that `out` already holds, with the same context and volume; from `z − 1` only one slice is read anew. */
  readonly holds?: number | undefined;
}

/**
 * Takes slice `z` of a volume with its neighbours as channels: the model's input for a whole slice.
 *
 * @returns HU clipped to ±1000, `[height, width, channels]`, channels fastest; channel `context` is slice `z`, and
 *   beyond the volume's ends the border slice is repeated.
 * @throws {TypeError} if the voxels are not of shape `[z, y, x]`.
 * @throws {RangeError} if `z` is not a slice of the volume, `context` not a whole number, or `out` of another length.
 * @example
 * ```ts
 * const voxels = toVoxels(new Int16Array([-3024, 40, 60]), [3, 1, 1]);
 * fullSlice({ geometry, voxels }, 2, { context: 1 }); // [40, 60, 60]
 * ```
 */
export function fullSlice(
  { voxels }: Volume<NumberArray>,
  z: number,
  { context = 3, out, holds }: FullSliceOptions = {},
): Float32Array {
  const { data, shape } = voxels;
  if (shape.length !== 3) {
    throw new TypeError(`Cannot take slice: voxels have shape ${shape.join('x')}, expected [z, y, x]`);
  }
  const [depth, height, width] = shape as [number, number, number];
  if (!(Number.isInteger(z) && z >= 0 && z < depth)) {
    throw new RangeError(`Cannot take slice ${z}: the volume has slices 0 to ${depth - 1}`);
  }
  if (!(Number.isInteger(context) && context >= 0)) {
    throw new RangeError(`Cannot take slice with context ${context}: expected a whole number of slices`);
  }
  const channels = 2 * context + 1;
  const pixels = height * width;
  const image = out ?? new Float32Array(pixels * channels);
  if (image.length !== pixels * channels) {
    throw new RangeError(
      `Cannot take slice of ${height}x${width}x${channels} into an array of ${image.length} elements`,
    );
  }
  const follows = out !== undefined && holds === z - 1;
  // One element on, each pixel's channels are those of the next slice, but for its last.
  if (follows) image.copyWithin(0, 1);
  for (let channel = follows ? channels - 1 : 0; channel < channels; channel++) {
    const first = Math.min(depth - 1, Math.max(0, z + channel - context)) * pixels;
    for (let pixel = 0; pixel < pixels; pixel++) {
      image[pixel * channels + channel] = clipHounsfield(data[first + pixel]!);
    }
  }
  return image;
}
