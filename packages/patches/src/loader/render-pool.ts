import type { RenderJob, WorkerInput } from './render-job.ts';
import { RenderThread, type StartThread } from './render-thread.ts';
import { startWorker } from './start-worker.ts';

/** Worker threads that render batches, each in turn, which needs no word from a thread before the next job is posted. */
export class RenderPool {
  readonly #threads: readonly RenderThread[];
  #next = 0;

  constructor(count: number, input: WorkerInput, start: StartThread = () => startWorker(input)) {
    this.#threads = Array.from({ length: count }, () => new RenderThread(start));
  }

  /** Renders samples into one of the buffers. */
  render(job: RenderJob): Promise<void> {
    return this.#threads[this.#next++ % this.#threads.length]!.render(job);
  }

  /** Ends the threads; what is under way and what comes later is rejected with `reason`. */
  async close(reason: unknown): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close(reason)));
  }
}
