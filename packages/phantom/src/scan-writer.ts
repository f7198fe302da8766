import { Worker } from 'node:worker_threads';
import type { PhantomJob } from './phantom-job.ts';
import type { PhantomRecord } from './phantom-record.ts';
import { writeScan } from './write-scan.ts';

/** Something that makes scans one at a time: this thread, or one of its own. */
export interface ScanWriter {
  write(job: PhantomJob): Promise<PhantomRecord>;
  close(): Promise<void>;
}

/** Makes scans in the calling thread, which stays busy for the seconds that each takes. */
export function localWriter(root: string): ScanWriter {
  return { write: (job) => writeScan(root, job), close: async () => {} };
}

/** Starts a thread that makes scans. */
export function threadWriter(root: string): ScanWriter {
  const self = import.meta.url;
  // Run from its sources a thread needs an entry that reads TypeScript, and the condition that finds other sources. The
  // process's own flags are left out: `--input-type`, for one, would forbid the entry.
  const isSource = self.endsWith('.ts');
  const worker = new Worker(new URL(isSource ? './source-worker.mjs' : './worker.js', self), {
    workerData: { root },
    execArgv: isSource ? ['--conditions=@lunet/source'] : [],
  });
  return {
    write: (job) =>
      new Promise((resolve, reject) => {
        const failed = (cause: unknown): void =>
          reject(new Error(`Cannot make scan ${job.index}: thread failed`, { cause }));
        worker.once('error', failed);
        worker.once('exit', failed);
        worker.once('message', (answer: { record: PhantomRecord } | { error: unknown }) => {
          worker.off('error', failed);
          worker.off('exit', failed);
          if ('record' in answer) resolve(answer.record);
          else reject(answer.error);
        });
        worker.postMessage(job);
      }),
    close: async () => {
      await worker.terminate();
    },
  };
}
