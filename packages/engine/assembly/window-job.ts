import { padImage } from './pad-image';

/**
 * Windows that slide over a batch of images, and where the bands of them are padded to.
 *
 * Written field by field, 4 bytes each, by src/wasm/window-job.ts; keep the two in the same order. `rows` and
 * `columns` count the windows; `top` and `left` are zeros before the image, negative where the windows begin inside.
 * `bandRows` is 0 where every window lies inside the image, which is then read in place.
 */
@unmanaged
export class WindowJob {
  images: usize;
  height: i32;
  width: i32;
  channels: i32;
  rows: i32;
  columns: i32;
  tapsY: i32;
  tapsX: i32;
  strideY: i32;
  strideX: i32;
  top: i32;
  left: i32;
  bandRows: i32;
  /** One band for each thread, `scratchStep` bytes apart. */
  scratch: usize;
  scratchStep: i32;
}

/** Bytes between two rows of pixels of a band. */
export function bandRowStep(job: WindowJob): i32 {
  const width: i32 = job.bandRows === 0 ? job.width : (job.columns - 1) * job.strideX + job.tapsX;
  return (width * job.channels) << 2;
}

/** Window rows from `row`, counted over the whole batch, that one band holds; at most up to `to`. */
export function bandLength(job: WindowJob, row: i32, to: i32): i32 {
  const left: i32 = min(job.rows - (row % job.rows), to - row);
  return job.bandRows === 0 ? left : min(left, job.bandRows);
}

/** Address of the first pixel that `length` window rows from `row` on read. */
export function bandAt(job: WindowJob, row: i32, length: i32, thread: i32): usize {
  const image: usize =
    job.images + <usize>(row / job.rows) * <usize>((job.height * job.width * job.channels) << 2);
  const first: i32 = (row % job.rows) * job.strideY;
  if (job.bandRows === 0) return image + <usize>first * <usize>((job.width * job.channels) << 2);
  const target: usize = job.scratch + <usize>thread * <usize>job.scratchStep;
  padImage(
    image,
    target,
    job.height,
    job.width,
    job.channels,
    job.top - first,
    job.left,
    (length - 1) * job.strideY + job.tapsY,
    (job.columns - 1) * job.strideX + job.tapsX,
    job.channels,
  );
  return target;
}
