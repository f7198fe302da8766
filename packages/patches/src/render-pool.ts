import type { Worker } from 'node:worker_threads';
import type { BatchBuffer } from './batch.ts';
import type { ChunkSet } from './chunk.ts';
import type { CropSize } from './crop.ts';
import type { Sample } from './sample.ts';
import { startWorker } from './start-worker.ts';

/** What every worker thread is given once; the voxels and the buffers are shared, not copied. */
export interface WorkerInput {
  readonly chunks: ChunkSet;
  readonly crop: CropSize;
  readonly buffers: readonly BatchBuffer[];
}

/** One batch to render. */
export interface RenderJob {
  readonly id: number;
  /** Index into the buffers. */
  readonly buffer: number;
  readonly samples: readonly Sample[];
}

/** Tells that a batch is rendered, or why not. */
export interface RenderReply {
  readonly id: number;
  readonly error: unknown;
}

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * Worker threads that render batches.
 *
 * Jobs are posted at once, in turn, and queue up in the threads: they go on working while a training step blocks the
 * main thread. Idle threads do not keep the process alive.
 */
export class RenderPool {
  readonly #workers: Worker[];
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 0;
  #failure: Error | undefined;

  constructor(count: number, input: WorkerInput) {
    this.#workers = Array.from({ length: count }, () => this.#start(input));
  }

  /** Renders samples into one of the buffers. */
  render(buffer: number, samples: readonly Sample[]): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#failure) {
        reject(this.#failure);
        return;
      }
      const id = this.#nextId++;
      this.#waiting.set(id, { resolve, reject });
      if (this.#waiting.size === 1) for (const worker of this.#workers) worker.ref();
      this.#workers[id % this.#workers.length]!.postMessage({ id, buffer, samples } satisfies RenderJob);
    });
  }

  /** Ends the threads; what is still being rendered is rejected. */
  async close(): Promise<void> {
    this.#fail(new Error('Cannot prepare batch: the loader is closed'));
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #start(input: WorkerInput): Worker {
    const worker = startWorker(input);
    worker.unref();
    worker.on('message', ({ id, error }: RenderReply) => this.#settle(id, error));
    worker.on('error', (cause) => this.#fail(new Error('Cannot prepare batch: a worker failed', { cause })));
    worker.on('exit', (code) =>
      this.#fail(new Error(`Cannot prepare batch: a worker ended with code ${code}`)),
    );
    return worker;
  }

  #settle(id: number, cause: unknown): void {
    const waiting = this.#waiting.get(id);
    if (!waiting) return;
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) for (const worker of this.#workers) worker.unref();
    if (cause === undefined) waiting.resolve();
    else waiting.reject(new Error(`Cannot prepare batch: ${messageOf(cause)}`, { cause }));
  }

  #fail(error: Error): void {
    // The first failure is the telling one: that threads end follows from it, or from closing.
    if (this.#failure) return;
    this.#failure = error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
    for (const worker of this.#workers) worker.unref();
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
