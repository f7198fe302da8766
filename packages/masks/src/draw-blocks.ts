import type { Geometry } from '@lunet/io';
import type { BlockGrid } from './block-grid.ts';

/**
 * Brings a mask of blocks to voxels: those where the blocks' values, interpolated linearly between their centres, are
 * below 0.
 *
 * So the border lies where the HU say, finer than the blocks.
 */
export function drawBlocks(values: Float32Array, grid: BlockGrid, { size }: Geometry): Uint8Array {
  const [columns, rows, depth] = size;
  const [width, height] = grid.size;
  const voxels = new Uint8Array(columns * rows * depth);
  const [alongX, alongY, alongZ] = [0, 1, 2].map((axis) =>
    neighborsOf(size[axis]!, grid.size[axis]!, grid.factor[axis]!),
  ) as [Neighbors, Neighbors, Neighbors];
  const line = new Float32Array(width);
  for (let z = 0; z < depth; z++) {
    const near = alongZ.first[z]! * height;
    const far = alongZ.second[z]! * height;
    const shareZ = alongZ.share[z]!;
    for (let y = 0; y < rows; y++) {
      const a = (near + alongY.first[y]!) * width;
      const b = (near + alongY.second[y]!) * width;
      const c = (far + alongY.first[y]!) * width;
      const d = (far + alongY.second[y]!) * width;
      const shareY = alongY.share[y]!;
      let lowest = Number.POSITIVE_INFINITY;
      for (let i = 0; i < width; i++) {
        const inNear = values[a + i]! + shareY * (values[b + i]! - values[a + i]!);
        const inFar = values[c + i]! + shareY * (values[d + i]! - values[c + i]!);
        const value = inNear + shareZ * (inFar - inNear);
        line[i] = value;
        if (value < lowest) lowest = value;
      }
      if (lowest >= 0) continue;
      const row = (z * rows + y) * columns;
      for (let x = 0; x < columns; x++) {
        const value = line[alongX.first[x]!]!;
        if (value + alongX.share[x]! * (line[alongX.second[x]!]! - value) < 0) voxels[row + x] = 1;
      }
    }
  }
  return voxels;
}

/** For each voxel along an axis the blocks whose centres it lies between, and its share of the second. */
interface Neighbors {
  readonly first: Int32Array;
  readonly second: Int32Array;
  readonly share: Float64Array;
}

function neighborsOf(voxels: number, blocks: number, factor: number): Neighbors {
  const first = new Int32Array(voxels);
  const second = new Int32Array(voxels);
  const share = new Float64Array(voxels);
  for (let i = 0; i < voxels; i++) {
    const at = Math.min(blocks - 1, Math.max(0, (i + 0.5) / factor - 0.5));
    first[i] = Math.floor(at);
    second[i] = Math.min(blocks - 1, first[i]! + 1);
    share[i] = at - first[i]!;
  }
  return { first, second, share };
}
