import { type Box, type Geometry, type World, worldToIndex } from '@lunet/io';
import { type Sphere, sliceRange } from '@lunet/masks';
import type { ChunkSize } from './chunk.ts';
import type { ChunkStart } from './cut-chunk.ts';

/** Where a chunk lies in its scan; may reach beyond the volume. */
export interface ChunkBox {
  readonly start: ChunkStart;
  readonly labelSlices: number;
}

/**
 * Places the chunk of a nodule: every slice that its sphere touches can be labelled, rows and columns lie around the
 * voxel nearest to its centre.
 *
 * The nearest voxel is `floor(index + ½)` of the continuous index, so slice `c` is labelled for a centre at `c` whether
 * `c` is even or odd.
 *
 * @returns undefined if the sphere touches no voxel of the volume.
 * @example
 * ```ts
 * const geometry: Geometry = { size: [512, 512, 200], spacing: [0.7, 0.7, 1], origin: [0, 0, 0], direction: identityDirection };
 * noduleBox(geometry, { centerWorld: [70, 140, 50], diameterMm: 5 }, defaultChunkSize); // { start: [45, 152, 52], labelSlices: 5 }
 * ```
 */
export function noduleBox(geometry: Geometry, nodule: Sphere, size: ChunkSize): ChunkBox | undefined {
  const [first, end] = sliceRange(geometry, nodule);
  if (first === end) return undefined;
  return boxAround(geometry, nodule.centerWorld, size, first, end);
}

/** Places the chunk of a negative: the slice nearest to the centre is the only one to be labelled. */
export function negativeBox(geometry: Geometry, centerWorld: World, size: ChunkSize): ChunkBox {
  const slice = nearest(worldToIndex(geometry, centerWorld)[2], geometry.size[2]);
  return boxAround(geometry, centerWorld, size, slice, slice + 1);
}

/** The part of a chunk that lies inside the volume, never empty. */
export function insideVolume(geometry: Geometry, { start, labelSlices }: ChunkBox, size: ChunkSize): Box {
  const counts = [size.columns, size.rows, labelSlices + size.slices - 1];
  const firsts = [start[2], start[1], start[0]];
  const lows = firsts.map((first) => Math.max(0, first));
  const highs = firsts.map((first, axis) => Math.min(geometry.size[axis]!, first + counts[axis]!));
  return {
    start: lows as [number, number, number],
    size: highs.map((high, axis) => high - lows[axis]!) as [number, number, number],
  };
}

function boxAround(
  geometry: Geometry,
  centerWorld: World,
  size: ChunkSize,
  firstLabel: number,
  endLabel: number,
): ChunkBox {
  const [x, y] = worldToIndex(geometry, centerWorld);
  return {
    start: [
      firstLabel - (size.slices - 1) / 2,
      nearest(y, geometry.size[1]) - Math.floor(size.rows / 2),
      nearest(x, geometry.size[0]) - Math.floor(size.columns / 2),
    ],
    labelSlices: endLabel - firstLabel,
  };
}

function nearest(index: number, count: number): number {
  return Math.min(count - 1, Math.max(0, Math.floor(index + 0.5)));
}
