import { pipeline, Readable } from 'node:stream';
import { createUnzip } from 'node:zlib';
import { type FileRange, readAt } from './read-range.ts';

const chunkSize = 1 << 18;

/**
 * A zlib or gzip stream, inflated forward block by block.
 *
 * What comes after the block that was last asked for is neither read nor inflated (bar what is on its way, some 512 KiB).
 */
export class Inflater {
  readonly #name: string;
  readonly #stream: Readable;
  readonly #blocks: AsyncIterator<Uint8Array>;
  #rest: Uint8Array | undefined;
  #position = 0;

  constructor(range: FileRange) {
    this.#name = range.name;
    // The pipeline only ties the two streams' lives together: next() throws what fails in either.
    this.#stream = pipeline(Readable.from(readBlocks(range)), createUnzip({ chunkSize }), () => {});
    this.#blocks = this.#stream[Symbol.asyncIterator]();
  }

  /** The inflated byte that comes next. */
  get position(): number {
    return this.#position;
  }

  /**
   * The next block; undefined at the stream's end.
   *
   * @throws {SyntaxError} if the bytes do not inflate.
   */
  async next(): Promise<Uint8Array | undefined> {
    const block = this.#rest ?? (await this.#inflate());
    this.#rest = undefined;
    this.#position += block?.length ?? 0;
    return block;
  }

  /** Gives back the last bytes of a block, for the next. */
  unread(rest: Uint8Array): void {
    if (rest.length === 0) return;
    this.#rest = rest;
    this.#position -= rest.length;
  }

  close(): void {
    this.#stream.destroy();
  }

  async #inflate(): Promise<Uint8Array | undefined> {
    try {
      const { done, value } = await this.#blocks.next();
      return done ? undefined : value;
    } catch (cause) {
      throw new SyntaxError(`Cannot read ${this.#name}: its voxels do not inflate`, { cause });
    }
  }
}

async function* readBlocks(range: FileRange): AsyncGenerator<Uint8Array, void> {
  for (let position = range.start; position < range.end; position += chunkSize) {
    const block = new Uint8Array(Math.min(chunkSize, range.end - position));
    await readAt(range, position, block);
    yield block;
  }
}
