import { filterGradient } from './filter-gradient';
import { padImage } from './pad-image';
import { bandAt, bandLength, bandRowStep, WindowJob } from './window-job';

/** Filter gradient of a batch; written by src/kernels/conv2d-backprop-filter.ts in this order. */
@unmanaged
export class FilterGradientJob extends WindowJob {
  /** Gradient of the output, `[batch, rows, columns, outputs]`. */
  gradient: usize;
  outputs: i32;
  /** Outputs rounded up to a multiple of eight. */
  paddedOutputs: i32;
  /** Room for one band of padded gradients for each thread; unused where `outputs` is a multiple of eight. */
  padded: usize;
  paddedStep: i32;
  batch: i32;
  /** The batch's rows are cut into that many groups, each with sums of its own, `sumsStep` bytes apart. */
  groups: i32;
  sums: usize;
  sumsStep: i32;
}

/** Does the groups `from` … `to` − 1. The groups do not depend on the threads, and so neither do the sums. */
export function filterGradientGroups(address: usize, from: i32, to: i32, thread: i32): void {
  const job: FilterGradientJob = changetype<FilterGradientJob>(address);
  const rowStep: i32 = bandRowStep(job);
  const total: i32 = job.batch * job.rows;
  const whole: bool = job.outputs === job.paddedOutputs;
  const padded: usize = job.padded + <usize>thread * <usize>job.paddedStep;
  for (let group: i32 = from; group < to; group++) {
    const sums: usize = job.sums + <usize>group * <usize>job.sumsStep;
    memory.fill(sums, 0, <usize>job.sumsStep);
    let row: i32 = (total * group) / job.groups;
    const end: i32 = (total * (group + 1)) / job.groups;
    while (row < end) {
      const length: i32 = bandLength(job, row, end);
      const pixels: i32 = length * job.columns;
      let gradient: usize = job.gradient + ((<usize>(row * job.columns) * <usize>job.outputs) << 2);
      if (!whole) {
        padImage(gradient, padded, 1, pixels, job.outputs, 0, 0, 1, pixels, job.paddedOutputs);
        gradient = padded;
      }
      filterGradient(
        bandAt(job, row, length, thread),
        gradient,
        sums,
        length,
        job.columns,
        job.paddedOutputs,
        job.tapsY,
        job.tapsX * job.channels,
        rowStep,
        rowStep * job.strideY,
        (job.channels << 2) * job.strideX,
      );
      row += length;
    }
  }
}

/** Adds the groups' sums `[k, paddedOutputs]` in order and writes them as `[k, outputs]`. */
export function addGroups(address: usize, k: i32, out: usize): void {
  const job: FilterGradientJob = changetype<FilterGradientJob>(address);
  const step: usize = <usize>job.sumsStep;
  for (let group: i32 = 1; group < job.groups; group++) {
    const from: usize = job.sums + <usize>group * step;
    for (let at: usize = 0; at < step; at += 16) {
      v128.store(job.sums + at, f32x4.add(v128.load(job.sums + at), v128.load(from + at)));
    }
  }
  padImage(job.sums, out, 1, k, job.paddedOutputs, 0, 0, 1, k, job.outputs);
}
