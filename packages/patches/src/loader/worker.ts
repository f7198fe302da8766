import { parentPort, workerData } from 'node:worker_threads';
import { renderBatch } from './render-batch.ts';
import type { RenderJob, RenderReply, WorkerInput } from './render-job.ts';
import { SampleRenderer } from './sample-renderer.ts';

// The entry of a worker thread. It imports nothing of other packages at run time, so that it starts fast and needs no
// export conditions.
const { chunks, crop, buffers } = workerData as WorkerInput;
const renderer = new SampleRenderer(chunks, crop);

parentPort!.on('message', ({ buffer, samples }: RenderJob) => {
  let error: unknown;
  try {
    renderBatch(renderer, samples, buffers[buffer]!);
  } catch (cause) {
    error = cause;
  }
  parentPort!.postMessage({ error } satisfies RenderReply);
});
