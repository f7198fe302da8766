import type { ChunkSet } from '../chunks/chunk.ts';
import { generatorFor } from '../generator.ts';
import { allocateBatch, type Batch, type BatchBuffer } from './batch.ts';
import { type LoaderOptions, resolveOptions } from './loader-options.ts';
import { countSamples, planEpoch } from './plan-epoch.ts';
import { renderBatch } from './render-batch.ts';
import { RenderPool } from './render-pool.ts';
import { drawSample, type Sample } from './sample.ts';
import { SampleRenderer } from './sample-renderer.ts';

/** A source of batches with the memory and the threads it needs. */
export interface Loader {
  readonly samplesPerEpoch: number;
  /** The same in every epoch. */
  readonly batchesPerEpoch: number;
  /**
   * Iterates over the batches of epoch `n`, a whole number from 0, in the same order and with the same bytes for any
   * count of workers. One epoch at a time.
   *
   * `from` leaves out so many batches without rendering them: what training has seen before it is resumed.
   *
   * Each batch must be released before its memory can serve again; asking for a batch while all are held throws. An
   * abort of `signal` ends the threads at once and throws its reason; breaking off the iteration is fine.
   */
  epoch(
    n: number,
    options?: { readonly from?: number; readonly signal?: AbortSignal | undefined },
  ): AsyncIterableIterator<Batch>;
  /**
   * Ends the worker threads; a batch under way is rejected, batches in hand stay readable. Idle threads keep no process
   * alive, so this is only needed to free them early.
   */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** The random streams of an epoch: its order, and one for each sample from here on. */
const orderStream = 0;
const sampleStream = 1;

/**
 * Creates a loader: random crops of the chunks, augmented, in batches, prepared ahead in worker threads.
 *
 * Each nodule comes `samplesPerNodule` times in an epoch, at a random label slice and crop start, with negatives drawn
 * anew each epoch. What a sample looks like follows from (seed, epoch, its place in the epoch) alone. All memory for
 * batches is allocated once: one in use, `prefetch` ahead, and one for each worker. A thread that dies is replaced and
 * its batch rendered again; after three over one batch the iteration throws.
 *
 * @throws {RangeError} if an option is out of range, a chunk does not have the set's size, or the set has no nodule.
 * @example
 * ```ts
 * const loader = createLoader(chunks, { batchSize: 16, seed: 1, numWorkers: 2, augmentation: referenceAugmentation });
 * for await (const batch of loader.epoch(0)) {
 *   step(batch.images, batch.labels); // [16, 64, 64, 7] and [16, 64, 64, 1]
 *   batch.release();
 * }
 * await loader.close();
 * ```
 */
export function createLoader(chunks: ChunkSet, options: LoaderOptions): Loader {
  return new BatchLoader(chunks, resolveOptions(chunks, options));
}

class BatchLoader implements Loader {
  readonly samplesPerEpoch: number;
  readonly batchesPerEpoch: number;
  readonly #chunks: ChunkSet;
  readonly #options: Required<LoaderOptions>;
  readonly #buffers: readonly BatchBuffer[];
  /** Indices of buffers that nobody holds or fills. */
  readonly #free: number[];
  #pool: RenderPool | undefined;
  #renderer: SampleRenderer | undefined;
  #reading: number | undefined;
  #closed = false;

  constructor(chunks: ChunkSet, options: Required<LoaderOptions>) {
    const { batchSize, numWorkers, prefetch, crop, dropLast } = options;
    const samples = countSamples(chunks, options);
    this.batchesPerEpoch = dropLast ? Math.floor(samples / batchSize) : Math.ceil(samples / batchSize);
    this.samplesPerEpoch = dropLast ? this.batchesPerEpoch * batchSize : samples;
    this.#chunks = chunks;
    this.#options = options;
    this.#buffers = Array.from({ length: 1 + prefetch + numWorkers }, () =>
      allocateBatch(batchSize, crop, chunks.size.slices),
    );
    this.#free = this.#buffers.map((_, index) => index);
  }

  async *epoch(
    n: number,
    { from = 0, signal }: { from?: number; signal?: AbortSignal | undefined } = {},
  ): AsyncGenerator<Batch, void, undefined> {
    this.#begin(n, from);
    const order = planEpoch(this.#chunks, this.#options, generatorFor(this.#options.seed, n, orderStream));
    const ahead: Promise<Batch>[] = [];
    let next = from;
    const stop = (): void => void this.#endThreads(signal?.reason);
    signal?.addEventListener('abort', stop);
    try {
      for (let i = from; i < this.batchesPerEpoch; i++) {
        signal?.throwIfAborted();
        while (next < this.batchesPerEpoch && this.#free.length > 0 && ahead.length <= this.#depth) {
          const batch = this.#prepare(this.#draw(n, order, next++));
          batch.catch(() => {}); // A batch that is never asked for must not end the process.
          ahead.push(batch);
        }
        if (ahead.length === 0) {
          throw new Error(
            `Cannot prepare batch ${i} of epoch ${n}: all ${this.#buffers.length} buffers are held; release() a batch`,
          );
        }
        const batch = await ahead[0]!;
        signal?.throwIfAborted();
        ahead.shift();
        yield batch;
      }
    } finally {
      signal?.removeEventListener('abort', stop);
      // Until its thread is gone a buffer may still be written to.
      if (signal?.aborted) await this.#endThreads(signal.reason);
      for (const batch of await Promise.allSettled(ahead)) {
        if (batch.status === 'fulfilled') batch.value.release();
      }
      this.#reading = undefined;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#endThreads(new Error('Cannot prepare batch: the loader is closed'));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Batches to prepare beyond the one asked for: without workers none, as nobody would work meanwhile. */
  get #depth(): number {
    return this.#options.numWorkers === 0 ? 0 : this.#options.numWorkers + this.#options.prefetch;
  }

  #begin(n: number, from: number): void {
    if (!(Number.isSafeInteger(n) && n >= 0)) {
      throw new RangeError(`Cannot read epoch ${n}: expected a whole number from 0`);
    }
    if (!(Number.isInteger(from) && from >= 0 && from <= this.batchesPerEpoch)) {
      throw new RangeError(
        `Cannot read epoch ${n} from batch ${from}: expected a whole number from 0 to ${this.batchesPerEpoch}`,
      );
    }
    if (this.#closed) throw new Error(`Cannot read epoch ${n}: the loader is closed`);
    if (this.#reading !== undefined) {
      throw new Error(`Cannot read epoch ${n}: epoch ${this.#reading} is still being read`);
    }
    this.#reading = n;
  }

  #draw(epoch: number, order: Int32Array, batch: number): Sample[] {
    const { batchSize, seed } = this.#options;
    const start = batch * batchSize;
    const chosen = order.subarray(start, Math.min(start + batchSize, this.samplesPerEpoch));
    return Array.from(chosen, (chunk, i) =>
      drawSample(this.#chunks, chunk, this.#options, generatorFor(seed, epoch, sampleStream + start + i)),
    );
  }

  async #prepare(samples: Sample[]): Promise<Batch> {
    const buffer = this.#free.pop()!;
    try {
      await this.#render(buffer, samples);
    } catch (error) {
      this.#free.push(buffer);
      throw error;
    }
    return this.#batch(buffer, samples);
  }

  async #render(buffer: number, samples: Sample[]): Promise<void> {
    const { numWorkers, crop } = this.#options;
    if (numWorkers === 0) {
      this.#renderer ??= new SampleRenderer(this.#chunks, crop);
      renderBatch(this.#renderer, samples, this.#buffers[buffer]!);
      return;
    }
    this.#pool ??= new RenderPool(numWorkers, { chunks: this.#chunks, crop, buffers: this.#buffers });
    await this.#pool.render({ buffer, samples });
  }

  /** Ends the threads and rejects what they were at; the next batch starts others. */
  async #endThreads(reason: unknown): Promise<void> {
    const pool = this.#pool;
    await pool?.close(reason);
    if (this.#pool === pool) this.#pool = undefined;
  }

  #batch(buffer: number, samples: Sample[]): Batch {
    const { images, labels } = this.#buffers[buffer]!;
    const { rows, columns } = this.#options.crop;
    const channels = this.#chunks.size.slices;
    const pixels = samples.length * rows * columns;
    let held = true;
    return {
      images: images.subarray(0, pixels * channels),
      labels: labels.subarray(0, pixels),
      size: samples.length,
      height: rows,
      width: columns,
      channels,
      samples,
      release: () => {
        if (held) this.#free.push(buffer);
        held = false;
      },
    };
  }
}
