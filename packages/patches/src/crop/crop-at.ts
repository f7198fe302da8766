import type { ChunkSize, ChunkVoxels } from '../chunks/chunk.ts';
import { type Crop, type CropSize, emptyCrop } from './crop.ts';

/** Which label slice of a chunk, and where in it the crop starts. */
export interface CropPlace extends CropSize {
  readonly slice: number;
  readonly row: number;
  readonly column: number;
}

/**
 * Cuts a crop out of a chunk as it is, image and label alike.
 *
 * @param size the size that the chunk was cut with.
 * @param out where to write, instead of new arrays.
 * @throws {RangeError} if the crop leaves the chunk.
 * @example
 * ```ts
 * const crop = cropAt(chunk, { slices: 1, rows: 2, columns: 2 }, { slice: 0, row: 1, column: 0, rows: 1, columns: 2 });
 * crop.image; // the second row of [[1, 2], [3, 4]]: [3, 4]
 * ```
 */
export function cropAt(
  chunk: ChunkVoxels,
  size: ChunkSize,
  place: CropPlace,
  out: Crop = emptyCrop(place, size.slices),
): Crop {
  const { slice, row, column, rows, columns } = place;
  const inside =
    slice >= 0 &&
    slice < chunk.labelSlices &&
    row >= 0 &&
    row + rows <= size.rows &&
    column >= 0 &&
    column + columns <= size.columns;
  if (!inside) {
    throw new RangeError(
      `Cannot crop ${rows}x${columns} at slice ${slice}, row ${row}, column ${column}: the chunk has ` +
        `${chunk.labelSlices} label slices of ${size.rows}x${size.columns}`,
    );
  }
  const { image, label } = chunk;
  const { slices } = size;
  const plane = size.rows * size.columns;
  const firstPlane = slice * plane;
  let pixel = 0;
  for (let r = 0; r < rows; r++) {
    let source = firstPlane + (row + r) * size.columns + column;
    for (let c = 0; c < columns; c++, source++, pixel++) {
      out.label[pixel] = label[source]!;
      for (let s = 0; s < slices; s++) out.image[pixel * slices + s] = image[source + s * plane]!;
    }
  }
  return out;
}
