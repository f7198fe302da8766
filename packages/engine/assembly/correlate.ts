import { convolve } from './convolve';
import { bandAt, bandLength, bandRowStep, WindowJob } from './window-job';

/** Correlation of a batch with one filter; written by src/wasm/correlate.ts in this order. */
@unmanaged
export class CorrelationJob extends WindowJob {
  weights: usize;
  bias: usize;
  outputs: i32;
  out: usize;
  outImageStep: i32;
  outRowStep: i32;
  outPixelStep: i32;
  relu: i32;
}

/** Does the window rows `from` … `to` − 1, counted over the whole batch. */
export function correlateRows(address: usize, from: i32, to: i32, thread: i32): void {
  const job: CorrelationJob = changetype<CorrelationJob>(address);
  const rowStep: i32 = bandRowStep(job);
  let row: i32 = from;
  while (row < to) {
    const length: i32 = bandLength(job, row, to);
    const out: usize =
      job.out +
      <usize>(row / job.rows) * <usize>job.outImageStep +
      <usize>(row % job.rows) * <usize>job.outRowStep;
    convolve(
      bandAt(job, row, length, thread),
      job.weights,
      job.bias,
      out,
      length,
      job.columns,
      job.outputs,
      job.tapsY,
      job.tapsX * job.channels,
      rowStep,
      rowStep * job.strideY,
      (job.channels << 2) * job.strideX,
      job.outRowStep,
      job.outPixelStep,
      job.relu ? 0 : -Infinity,
    );
    row += length;
  }
}
