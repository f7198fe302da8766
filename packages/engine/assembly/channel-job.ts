/**
 * Work on NHWC tensors channel by channel; written by src/wasm/channels.ts in this order.
 *
 * A tensor is read as rows of `period` floats, the least common multiple of the channels and the vector width, so that
 * each lane of a row always meets the same channel whatever the channel count. The last row may be cut short.
 */
@unmanaged
export class ChannelJob {
  x: usize;
  /** A second tensor like x, if the kernel has one. */
  g: usize;
  /** Where the result goes; may be x or g. */
  out: usize;
  length: i32;
  period: i32;
  /** Coefficients, one row each. */
  a: usize;
  b: usize;
  c: usize;
  /** The rows are cut into that many groups, each with sums of its own, `sumsStep` bytes apart. */
  groups: i32;
  sumsStep: i32;
}

/** The job that JavaScript wrote to that address. */
export function jobAt(address: usize): ChannelJob {
  return changetype<ChannelJob>(address);
}

/** Byte offset behind the whole ones among the rows up to `to`. */
export function wholeEnd(job: ChannelJob, to: i32): usize {
  return (<usize>(min(to, job.length / job.period) * job.period)) << 2;
}

/** Byte offset behind the last row up to `to`, which is beyond `wholeEnd` if that one is cut short. */
export function rowsEnd(job: ChannelJob, to: i32): usize {
  return to * job.period > job.length ? (<usize>job.length) << 2 : wholeEnd(job, to);
}

/** First row of a group; blocks are not cut. */
export function groupStart(job: ChannelJob, group: i32, blockRows: i32): i32 {
  const rows: i32 = job.length / job.period;
  const blocks: i32 = (rows + blockRows - 1) / blockRows;
  return min(rows, ((blocks * group) / job.groups) * blockRows);
}

/** Floats of the row that is cut short; they go to the last group. */
export function restOf(job: ChannelJob, group: i32): i32 {
  return group === job.groups - 1 ? job.length % job.period : 0;
}
