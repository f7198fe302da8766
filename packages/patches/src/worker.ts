import { parentPort, workerData } from 'node:worker_threads';
import { renderBatch } from './render-batch.ts';
import type { RenderJob, RenderReply, WorkerInput } from './render-pool.ts';

// The entry of a worker thread. It imports nothing of other packages at run time, so that it starts fast and needs no
// export conditions.
const { chunks, crop, buffers } = workerData as WorkerInput;

parentPort!.on('message', ({ id, buffer, samples }: RenderJob) => {
  let error: unknown;
  try {
    renderBatch(chunks, samples, crop, buffers[buffer]!);
  } catch (cause) {
    error = cause;
  }
  parentPort!.postMessage({ id, error } satisfies RenderReply);
});
