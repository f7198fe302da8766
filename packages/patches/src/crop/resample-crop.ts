import type { ChunkSize, ChunkVoxels } from '../chunks/chunk.ts';
import type { CropAffine } from './augmentation.ts';
import { type Crop, type CropSize, emptyCrop } from './crop.ts';

/** Which label slice of a chunk, and where in it each pixel of the crop lies. */
export interface ResamplePlace extends CropSize {
  readonly slice: number;
  readonly affine: CropAffine;
}

/**
 * Resamples a crop straight from its chunk, image and label by the same map.
 *
 * Bilinear in the plane, each slice by itself; the label likewise, then 1 from ½ on. The corners of a turned crop see
 * the chunk's own voxels; only past the chunk its border is repeated.
 *
 * @param size the size that the chunk was cut with.
 * @param out where to write, instead of new arrays.
 * @throws {RangeError} if the chunk has no such label slice.
 * @example
 * ```ts
 * // Half a pixel to the right in a chunk of one row [0, 10, 20]:
 * const place = { slice: 0, rows: 1, columns: 2, affine: [1, 0, 0, 0, 1, 0.5] } as const;
 * resampleCrop(chunk, { slices: 1, rows: 1, columns: 3 }, place).image; // [5, 15]
 * ```
 */
export function resampleCrop(
  chunk: ChunkVoxels,
  size: ChunkSize,
  { slice, rows, columns, affine }: ResamplePlace,
  out: Crop = emptyCrop({ rows, columns }, size.slices),
): Crop {
  if (!(slice >= 0 && slice < chunk.labelSlices)) {
    throw new RangeError(
      `Cannot resample label slice ${slice}: the chunk has ${chunk.labelSlices} label slices`,
    );
  }
  const { image, label } = chunk;
  const { slices } = size;
  const plane = size.rows * size.columns;
  const firstPlane = slice * plane;
  const lastRow = size.rows - 1;
  const lastColumn = size.columns - 1;
  const [rowPerRow, rowPerColumn, rowStart, columnPerRow, columnPerColumn, columnStart] = affine;
  let pixel = 0;
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++, pixel++) {
      const y = limit(rowPerRow * r + rowPerColumn * c + rowStart, lastRow);
      const x = limit(columnPerRow * r + columnPerColumn * c + columnStart, lastColumn);
      const y0 = y | 0;
      const x0 = x | 0;
      const below = y0 < lastRow ? size.columns : 0;
      const right = x0 < lastColumn ? 1 : 0;
      const fy = y - y0;
      const fx = x - x0;
      const w00 = (1 - fy) * (1 - fx);
      const w01 = (1 - fy) * fx;
      const w10 = fy * (1 - fx);
      const w11 = fy * fx;
      let at = firstPlane + y0 * size.columns + x0;
      const share =
        w00 * label[at]! +
        w01 * label[at + right]! +
        w10 * label[at + below]! +
        w11 * label[at + below + right]!;
      out.label[pixel] = share >= 0.5 ? 1 : 0;
      let to = pixel * slices;
      for (let s = 0; s < slices; s++, at += plane) {
        out.image[to++] =
          w00 * image[at]! +
          w01 * image[at + right]! +
          w10 * image[at + below]! +
          w11 * image[at + below + right]!;
      }
    }
  }
  return out;
}

function limit(value: number, last: number): number {
  return Math.max(0, Math.min(value, last));
}
