import type { FileHandle } from 'node:fs/promises';
import { inLanes } from './in-lanes.ts';

/** Bytes to take of one file, and what errors call it. */
export interface FileRange {
  readonly handle: FileHandle;
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** Long enough to make the cost of a read's start small, short enough to be shared evenly among the lanes. */
const blockBytes = 1 << 21;

/** Reads at once: a cached file takes mostly the time to make new memory's pages, which two threads halve. */
const lanes = 2;

/** Reads `target.length` bytes at `position`, in blocks between which `signal` is looked at. */
export function readAt(
  { handle, name }: Pick<FileRange, 'handle' | 'name'>,
  position: number,
  target: Uint8Array,
  signal?: AbortSignal,
): Promise<void> {
  return inLanes(Math.ceil(target.length / blockBytes), lanes, async (block) => {
    let from = block * blockBytes;
    const end = Math.min(target.length, from + blockBytes);
    while (from < end) {
      const { bytesRead } = await handle.read(target, from, end - from, position + from);
      signal?.throwIfAborted();
      if (bytesRead === 0) {
        const { size } = await handle.stat();
        throw new RangeError(
          `Cannot read ${name}: it ends at byte ${size}, ${position + target.length - size} short`,
        );
      }
      from += bytesRead;
    }
  });
}
