import { toVoxels, type Voxels } from '@lunet/io';
import type { NumberArray } from '../crop/hounsfield.ts';
import type { ChunkSize } from './chunk.ts';

/** First slice, row and column of a chunk, whole voxels; may lie outside the volume. */
export type ChunkStart = readonly [slice: number, row: number, column: number];

/**
 * Cuts a box of voxels; where it leaves the volume, the border slice, row or column is repeated.
 *
 * @param voxels shape `[z, y, x]`.
 * @returns a copy of shape `[slices, rows, columns]` and the same element type.
 * @throws {TypeError} if the voxels are not three-dimensional.
 * @throws {RangeError} if the start is not whole, a count not a positive integer, or the volume empty.
 * @example
 * ```ts
 * const voxels = toVoxels(new Int16Array([1, 2, 3, 4]), [1, 2, 2]);
 * cutChunk(voxels, [0, 0, -1], { slices: 1, rows: 2, columns: 3 }).data; // [1, 1, 2, 3, 3, 4]
 * ```
 */
export function cutChunk<T extends NumberArray>(
  { data, shape }: Voxels<T>,
  [firstSlice, firstRow, firstColumn]: ChunkStart,
  { slices, rows, columns }: ChunkSize,
): Voxels<T> {
  const [depth = 0, height = 0, width = 0] = shape;
  if (shape.length !== 3) {
    throw new TypeError(`Cannot cut chunk: voxels have shape ${shape.join('x')}, expected [z, y, x]`);
  }
  if (![slices, rows, columns].every((count) => Number.isInteger(count) && count > 0)) {
    throw new RangeError(`Cannot cut chunk of ${slices}x${rows}x${columns}: expected positive integers`);
  }
  if (![firstSlice, firstRow, firstColumn].every(Number.isInteger)) {
    throw new RangeError(
      `Cannot cut chunk at (${firstSlice}, ${firstRow}, ${firstColumn}): expected whole voxels`,
    );
  }
  if (depth * height * width === 0) {
    throw new RangeError(`Cannot cut chunk: volume ${shape.join('x')} is empty`);
  }
  const chunk = new (data.constructor as new (length: number) => T)(slices * rows * columns);
  // Columns inside the volume are copied at once; those outside repeat the first or the last of it.
  const left = Math.min(columns, Math.max(0, -firstColumn));
  const inside = Math.max(left, Math.min(columns, width - firstColumn));
  let at = 0;
  for (let slice = 0; slice < slices; slice++) {
    const z = clamp(firstSlice + slice, depth);
    for (let row = 0; row < rows; row++, at += columns) {
      const line = (z * height + clamp(firstRow + row, height)) * width;
      for (let column = 0; column < left; column++) chunk[at + column] = data[line]!;
      chunk.set(data.subarray(line + firstColumn + left, line + firstColumn + inside), at + left);
      for (let column = inside; column < columns; column++) chunk[at + column] = data[line + width - 1]!;
    }
  }
  return toVoxels(chunk, [slices, rows, columns]);
}

function clamp(index: number, length: number): number {
  return index < 0 ? 0 : index < length ? index : length - 1;
}
