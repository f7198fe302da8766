import { parentPort, workerData } from 'node:worker_threads';
import type { PhantomJob } from './phantom-job.ts';
import { writeScan } from './write-scan.ts';

/** A thread that makes one scan after the other: a job comes in, its record goes out. */
const { root } = workerData as { root: string };
parentPort!.on('message', (job: PhantomJob) => {
  writeScan(root, job).then(
    (record) => parentPort!.postMessage({ record }),
    (error: unknown) => parentPort!.postMessage({ error }),
  );
});
