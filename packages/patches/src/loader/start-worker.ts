import { Worker } from 'node:worker_threads';

/**
 * Starts this package's worker thread, from the compiled package or, in this repository, from its TypeScript sources.
 *
 * What this very file is tells which. Sources need an entry of their own, as a thread inherits neither a test runner's
 * way of reading TypeScript nor, on Node 20, that of tsx. The process's own flags are left out: the thread needs none,
 * and `--input-type`, for one, would forbid its entry.
 */
export function startWorker(workerData: unknown): Worker {
  const self = import.meta.url;
  const entry = self.endsWith('.ts') ? './source-worker.mjs' : './worker.js';
  return new Worker(new URL(entry, self), { workerData, execArgv: [] });
}
