/** A kernel that does the units `from` … `to` − 1 of a job, with the scratch memory of one thread. */
export type SplitKernel = (job: number, from: number, to: number, thread: number) => void;

/** Threads that run our kernels on one shared memory; the caller's own thread is the first. */
export interface ThreadPool {
  readonly threads: number;
  /** Gives each further thread its part, then returns; `wait` blocks until all are done. */
  start(kernel: string, job: number, parts: readonly { from: number; to: number }[]): void;
  /** @throws {Error} if a thread died; no kernel can be shared from then on. */
  wait(): void;
  close(): Promise<void>;
}

/** Words of a worker's mailbox: tasks given, tasks done (−1: died), then kernel, job, from, to, thread. */
const mailboxWords = 7;

const died = -1;

/** Plain JavaScript: a worker's file would have to be found again behind every bundler and loader. */
const workerSource = `
const { parentPort, workerData } = require('node:worker_threads');
const { module, memory, mailbox, names } = workerData;
const words = new Int32Array(mailbox);
const kernels = new WebAssembly.Instance(module, { env: { memory } }).exports;
parentPort.postMessage('ready');
for (let turn = 1; ; turn++) {
  // Asks again after waking: a notify that comes late, for a task seen and done already, must not start another.
  while (Atomics.load(words, 0) !== turn) Atomics.wait(words, 0, turn - 1);
  let done = -1;
  try {
    kernels[names[words[2]]](words[3], words[4], words[5], words[6]);
    done = turn;
  } finally {
    Atomics.store(words, 1, done);
    Atomics.notify(words, 1);
  }
}
`;

/** How a pool runs. */
export interface ThreadPoolOptions {
  /**
   * How long a thread may be behind the caller's, in ms, before it is taken for dead: who waits gets no events, so nothing
   * else tells of a thread that ended without a word. To it comes ten times what the caller took for its own part.
   */
  readonly patience?: number;
}

/**
 * Starts `threads` − 1 worker threads of Node.
 *
 * They sleep between jobs and never keep the process alive.
 */
export async function startThreadPool(
  threads: number,
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  { patience = 60_000 }: ThreadPoolOptions = {},
): Promise<ThreadPool> {
  const { Worker } = await import('node:worker_threads');
  const names = WebAssembly.Module.exports(module).map((entry) => entry.name);
  const mailboxes: Int32Array[] = [];
  const workers = await Promise.all(
    Array.from({ length: threads - 1 }, async () => {
      const mailbox = new SharedArrayBuffer(mailboxWords * 4);
      const words = new Int32Array(mailbox);
      mailboxes.push(words);
      const worker = new Worker(workerSource, {
        eval: true,
        workerData: { module, memory, mailbox, names },
        // Not the process's own flags: under `--input-type=module` the source would be taken for a module.
        execArgv: [],
      });
      await new Promise((resolve, reject) => {
        worker.once('message', resolve);
        worker.once('error', reject);
      });
      worker.once('exit', () => Atomics.store(words, 1, died));
      worker.unref();
      return worker;
    }),
  );
  let turn = 0;
  let started = 0;
  /** Waits in slices, so that a process that is stopped for a while does not take its threads for dead. */
  const answers = (mailbox: Int32Array): boolean => {
    const slice = patience / 10;
    let left = patience + 10 * (performance.now() - started);
    while (Atomics.load(mailbox, 1) === turn - 1 && left > 0) {
      if (Atomics.wait(mailbox, 1, turn - 1, slice) === 'timed-out') left -= slice;
    }
    return Atomics.load(mailbox, 1) === turn;
  };
  return {
    threads,
    start(kernel, job, parts) {
      turn++;
      started = performance.now();
      parts.forEach(({ from, to }, i) => {
        const mailbox = mailboxes[i]!;
        mailbox.set([names.indexOf(kernel), job, from, to, i + 1], 2);
        Atomics.store(mailbox, 0, turn);
        Atomics.notify(mailbox, 0);
      });
    },
    wait() {
      if (!mailboxes.every(answers)) {
        throw new Error('Cannot go on: a thread of the wasm engine died; start the program again');
      }
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}
