import type { Worker } from 'node:worker_threads';
import type { RenderJob, RenderReply } from './render-job.ts';

/** Starts a thread that answers each {@link RenderJob} with a {@link RenderReply}, in turn. */
export type StartThread = () => Worker;

/** So many threads may end over one batch, then it is given up. */
const attempts = 3;

interface Pending {
  readonly job: RenderJob;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
  /** Threads that have ended over this job. */
  deaths: number;
}

/**
 * A thread that renders batches in the order in which they are asked for, started with the first.
 *
 * Jobs are posted at once and queue up in the thread: it goes on working while a training step blocks the main thread.
 * Where the thread ends, whatever the cause, another takes over what has no answer yet. While idle it keeps no process
 * alive.
 */
export class RenderThread {
  readonly #start: StartThread;
  /** What the thread has not answered yet, in its order. */
  readonly #pending: Pending[] = [];
  #worker: Worker | undefined;
  #closed: { readonly reason: unknown } | undefined;

  constructor(start: StartThread) {
    this.#start = start;
  }

  /** Has a job done; its error is that of the rendering, or tells how often the thread has ended over it. */
  render(job: RenderJob): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#closed) {
        reject(this.#closed.reason);
        return;
      }
      this.#pending.push({ job, resolve, reject, deaths: 0 });
      if (this.#worker) {
        this.#worker.ref();
        this.#worker.postMessage(job);
      } else this.#replace();
    });
  }

  /** Ends the thread, and rejects with `reason` what is under way and what is asked for later. */
  async close(reason: unknown): Promise<void> {
    this.#closed ??= { reason };
    for (const { reject } of this.#pending.splice(0)) reject(this.#closed.reason);
    await this.#worker?.terminate();
  }

  /** Starts a thread and posts all that is pending. */
  #replace(): void {
    let cause: unknown;
    let worker: Worker;
    try {
      worker = this.#start();
    } catch (error) {
      this.#bury(error, 'it could not be started');
      return;
    }
    this.#worker = worker;
    worker.on('message', (reply: RenderReply) => this.#settle(reply));
    worker.on('error', (error) => {
      cause = error;
    });
    worker.on('exit', (code) => {
      this.#worker = undefined;
      this.#bury(cause, `it ended with code ${code}`);
    });
    for (const { job } of this.#pending) worker.postMessage(job);
  }

  #settle({ error }: RenderReply): void {
    const done = this.#pending.shift();
    // A late answer to what was closed; the thread must stay referenced until it has ended, or close() never returns.
    if (!done) return;
    if (this.#pending.length === 0) this.#worker?.unref();
    if (error === undefined) done.resolve();
    else done.reject(new Error(`Cannot prepare batch: ${messageOf(error)}`, { cause: error }));
  }

  /** Lays a thread's end to the job that it was at, the first without an answer. */
  #bury(cause: unknown, how: string): void {
    const first = this.#pending[0];
    if (!first) return;
    first.deaths++;
    if (first.deaths === attempts) {
      this.#pending.shift();
      const why = cause === undefined ? how : messageOf(cause);
      const message = `Cannot prepare batch: ${attempts} worker threads ended over it, the last because: ${why}`;
      first.reject(new Error(message, { cause }));
    }
    if (this.#pending.length > 0) this.#replace();
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
