import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

interface WriteOptions {
  readonly executable?: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Shown every piece as it passes. */
  readonly onPiece?: (piece: Buffer) => void;
}

/**
 * Writes a stream to a new file, flushed to disk, and makes the folders it lies in.
 *
 * The stream is opened last: what fails while nobody listens yet would end the process.
 */
export async function writeFlushed(
  open: () => Readable | Promise<Readable>,
  file: string,
  { executable = false, signal, onPiece }: WriteOptions = {},
): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const source = await open();
  const target = createWriteStream(file, { flags: 'wx', flush: true, mode: executable ? 0o755 : 0o644 });
  async function* watch(pieces: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
    for await (const piece of pieces) {
      onPiece?.(piece);
      yield piece;
    }
  }
  await pipeline(source, watch, target, { signal });
}
