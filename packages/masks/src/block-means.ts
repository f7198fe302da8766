import type { BlockGrid } from './block-grid.ts';

/** Mean of a block outside the field of view. */
export const padding = -32768;

/** No air reads so low: scanners pad with -2000, -2048 or -3024. */
const paddingLimit = -1500;

/** The lowest of 12 bits, which pads too. Noise takes some voxels of air there; the rest gives the mean. */
const floor = -1024;

/** Bone counts as tissue: it would move a border that it shares a block with. */
const highest = 100;

/**
 * Averages the HU of each block over the field of view; {@link padding} where less than half of a block lies in it.
 *
 * @param hu Voxels `[z, y, x]` of a volume of `size` (x y z).
 */
export function blockMeans(
  hu: ArrayLike<number>,
  [columns, rows, depth]: readonly [number, number, number],
  { factor, size }: BlockGrid,
): Int16Array {
  const [width, height, slices] = size;
  const means = new Int16Array(width * height * slices);
  const sums = new Int32Array(width);
  const counts = new Int32Array(width);
  for (let k = 0, block = 0; k < slices; k++) {
    const zEnd = Math.min(depth, (k + 1) * factor[2]);
    for (let j = 0; j < height; j++) {
      const yEnd = Math.min(rows, (j + 1) * factor[1]);
      sums.fill(0);
      counts.fill(0);
      for (let z = k * factor[2]; z < zEnd; z++) {
        for (let y = j * factor[1]; y < yEnd; y++) {
          const row = (z * rows + y) * columns;
          for (let i = 0, x = 0; i < width; i++) {
            const xEnd = Math.min(columns, x + factor[0]);
            for (; x < xEnd; x++) {
              const value = hu[row + x]!;
              if (value <= paddingLimit || value === floor) continue;
              sums[i]! += Math.max(floor, Math.min(highest, value));
              counts[i]!++;
            }
          }
        }
      }
      const layers = (zEnd - k * factor[2]) * (yEnd - j * factor[1]);
      for (let i = 0; i < width; i++, block++) {
        const voxels = layers * (Math.min(columns, (i + 1) * factor[0]) - i * factor[0]);
        means[block] = 2 * counts[i]! < voxels ? padding : Math.round(sums[i]! / counts[i]!);
      }
    }
  }
  return means;
}
