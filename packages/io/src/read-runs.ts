import type { Box, Size } from './geometry.ts';
import { inLanes } from './in-lanes.ts';
import type { Inflater } from './inflater.ts';
import { type FileRange, readAt } from './read-range.ts';

/** The bytes of a box as runs of equal length in the stored volume, in rising order. */
export interface Runs {
  readonly count: number;
  readonly length: number;
  /** Runs that follow each other at `stride` bytes; the groups do so at any distance. */
  readonly perGroup: number;
  readonly stride: number;
  startOf(run: number): number;
}

/** A page: disks read no less, so gaps under it are read along rather than sought over. */
const maxGap = 4096;

/** Reads at once: a disk that is asked for several pieces gives them in about the time of one. */
const lanes = 4;

/** The runs of a box; the fewest there are: one for a slab of whole slices. */
export function runsOf(size: Size, { start, size: count }: Box, voxelBytes: number): Runs {
  const rowBytes = size[0] * voxelBytes;
  const sliceBytes = rowBytes * size[1];
  const first = start[0] * voxelBytes + start[1] * rowBytes + start[2] * sliceBytes;
  const wholeRows = count[0] === size[0];
  if (wholeRows && (count[1] === size[1] || count[2] === 1)) {
    const length = count[0] * count[1] * count[2] * voxelBytes;
    return { count: 1, length, perGroup: 1, stride: length, startOf: () => first };
  }
  if (wholeRows) {
    const length = count[1] * rowBytes;
    const startOf = (run: number): number => first + run * sliceBytes;
    return { count: count[2], length, perGroup: 1, stride: length, startOf };
  }
  const startOf = (run: number): number =>
    first + (run % count[1]) * rowBytes + Math.floor(run / count[1]) * sliceBytes;
  return {
    count: count[1] * count[2],
    length: count[0] * voxelBytes,
    perGroup: count[1],
    stride: rowBytes,
    startOf,
  };
}

/** Reads runs of an uncompressed volume by position. */
export async function readRuns(
  range: FileRange,
  runs: Runs,
  target: Uint8Array,
  signal?: AbortSignal,
): Promise<void> {
  if (runs.perGroup === 1 || runs.stride - runs.length >= maxGap) {
    await inLanes(runs.count, lanes, (run) => {
      const part = target.subarray(run * runs.length, (run + 1) * runs.length);
      return readAt(range, range.start + runs.startOf(run), part, signal);
    });
    return;
  }
  const pieces = runs.count / runs.perGroup;
  const groups = Array.from(
    { length: Math.min(lanes, pieces) },
    () => new Uint8Array((runs.perGroup - 1) * runs.stride + runs.length),
  );
  await inLanes(pieces, lanes, async (piece, lane) => {
    const first = piece * runs.perGroup;
    const group = groups[lane]!;
    await readAt(range, range.start + runs.startOf(first), group, signal);
    for (let i = 0; i < runs.perGroup; i++) {
      const from = i * runs.stride;
      target.set(group.subarray(from, from + runs.length), (first + i) * runs.length);
    }
  });
}

/**
 * Takes runs from a compressed volume, up to the end of the last run and no further.
 *
 * @param inflater stands at the first run or before it; afterwards at the end of the last.
 */
export async function inflateRuns(
  inflater: Inflater,
  runs: Runs,
  target: Uint8Array,
  { name, signal }: { readonly name: string; readonly signal: AbortSignal | undefined },
): Promise<void> {
  let run = 0;
  while (run < runs.count) {
    const position = inflater.position;
    const block = await inflater.next();
    signal?.throwIfAborted();
    if (block === undefined) {
      const needed = runs.startOf(runs.count - 1) + runs.length;
      throw new RangeError(
        `Cannot read ${name}: its voxels inflate to ${position} bytes, ${needed} are needed`,
      );
    }
    const blockEnd = position + block.length;
    for (; run < runs.count; run++) {
      const runStart = runs.startOf(run);
      const runEnd = runStart + runs.length;
      const from = Math.max(runStart, position);
      const to = Math.min(runEnd, blockEnd);
      if (from < to) {
        target.set(block.subarray(from - position, to - position), run * runs.length + from - runStart);
      }
      if (runEnd > blockEnd) break;
      if (run === runs.count - 1) inflater.unread(block.subarray(runEnd - position));
    }
  }
}
