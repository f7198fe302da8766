import type { FileHandle } from 'node:fs/promises';
import { pipeline, Readable } from 'node:stream';
import { createUnzip } from 'node:zlib';

/** Bytes to take of one file, and what errors call it. */
export interface FileRange {
  readonly handle: FileHandle;
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

const blockBytes = 1 << 24;
const chunkSize = 1 << 18;

/** Reads `target.length` bytes at `position`, in blocks between which `signal` is looked at. */
export async function readAt(
  { handle, name }: Pick<FileRange, 'handle' | 'name'>,
  position: number,
  target: Uint8Array,
  signal?: AbortSignal,
): Promise<void> {
  let filled = 0;
  while (filled < target.length) {
    const length = Math.min(blockBytes, target.length - filled);
    const { bytesRead } = await handle.read(target, filled, length, position + filled);
    signal?.throwIfAborted();
    if (bytesRead === 0) {
      throw new RangeError(
        `Cannot read ${name}: it ends at byte ${position + filled}, ${target.length - filled} short`,
      );
    }
    filled += bytesRead;
  }
}

/**
 * Inflates a zlib or gzip stream up to the last byte asked for: what comes after the block at which the caller stops
 * iterating is neither read nor inflated (bar what is on its way, some 512 KiB).
 */
export async function* inflateRange(
  range: FileRange,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  // The pipeline only ties the two streams' lives together: the loop below throws what fails in either.
  const inflated = pipeline(Readable.from(readBlocks(range, signal)), createUnzip({ chunkSize }), () => {});
  try {
    for await (const block of inflated as AsyncIterable<Buffer>) yield block;
  } catch (cause) {
    signal?.throwIfAborted();
    throw new SyntaxError(`Cannot read ${range.name}: its voxels do not inflate`, { cause });
  }
}

async function* readBlocks(range: FileRange, signal?: AbortSignal): AsyncGenerator<Uint8Array, void> {
  for (let position = range.start; position < range.end; position += chunkSize) {
    const block = new Uint8Array(Math.min(chunkSize, range.end - position));
    await readAt(range, position, block, signal);
    yield block;
  }
}
