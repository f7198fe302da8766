// Reductions over all pixels of an NHWC tensor, channel by channel, for the groups `from` … `to` − 1 of a ChannelJob.
//
// A group's sums are `period` doubles; the caller adds the groups and folds the repetitions of a channel. Blocks that fit
// the first-level cache are summed in float32 and then added in float64: no precision is lost over millions of pixels, and
// neither blocks nor groups depend on the threads.
import { groupStart, jobAt, restOf } from './channel-job';

/** Floats of one block. */
const BLOCK: i32 = 4096;

function addLanes(sums: usize, lanes: v128): void {
  v128.store(sums, f64x2.add(v128.load(sums), f64x2.promote_low_f32x4(lanes)));
  const high: v128 = i8x16.shuffle(lanes, lanes, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15);
  v128.store(sums, f64x2.add(v128.load(sums, 16), f64x2.promote_low_f32x4(high)), 16);
}

/** Σ x. */
export function channelSums(address: usize, from: i32, to: i32): void {
  const job = jobAt(address);
  const period: i32 = job.period;
  const step: usize = (<usize>period) << 2;
  const blockRows: i32 = max(1, BLOCK / period);
  for (let group: i32 = from; group < to; group++) {
    const sums: usize = job.out + <usize>group * <usize>job.sumsStep;
    const end: i32 = groupStart(job, group + 1, blockRows);
    memory.fill(sums, 0, (<usize>period) << 3);
    for (let row: i32 = groupStart(job, group, blockRows); row < end; row += blockRows) {
      const count: i32 = min(blockRows, end - row);
      for (let lane: i32 = 0; lane < period; lane += 4) {
        let at: usize = job.x + <usize>row * step + ((<usize>lane) << 2);
        let even: v128 = f32x4.splat(0);
        let odd: v128 = f32x4.splat(0);
        for (let i: i32 = count >> 1; i > 0; i--) {
          even = f32x4.add(even, v128.load(at));
          odd = f32x4.add(odd, v128.load(at + step));
          at += 2 * step;
        }
        if (count & 1) even = f32x4.add(even, v128.load(at));
        addLanes(sums + ((<usize>lane) << 3), f32x4.add(even, odd));
      }
    }
    for (let lane: i32 = 0; lane < restOf(job, group); lane++) {
      const to: usize = sums + ((<usize>lane) << 3);
      store<f64>(to, load<f64>(to) + load<f32>(job.x + <usize>end * step + ((<usize>lane) << 2)));
    }
  }
}

/** Σ (x − a)². */
export function channelSquares(address: usize, from: i32, to: i32): void {
  const job = jobAt(address);
  const period: i32 = job.period;
  const step: usize = (<usize>period) << 2;
  const blockRows: i32 = max(1, BLOCK / period);
  for (let group: i32 = from; group < to; group++) {
    const sums: usize = job.out + <usize>group * <usize>job.sumsStep;
    const end: i32 = groupStart(job, group + 1, blockRows);
    memory.fill(sums, 0, (<usize>period) << 3);
    for (let row: i32 = groupStart(job, group, blockRows); row < end; row += blockRows) {
      const count: i32 = min(blockRows, end - row);
      for (let lane: i32 = 0; lane < period; lane += 4) {
        const centre: v128 = v128.load(job.a + ((<usize>lane) << 2));
        let at: usize = job.x + <usize>row * step + ((<usize>lane) << 2);
        let even: v128 = f32x4.splat(0);
        let odd: v128 = f32x4.splat(0);
        for (let i: i32 = count >> 1; i > 0; i--) {
          const first: v128 = f32x4.sub(v128.load(at), centre);
          const second: v128 = f32x4.sub(v128.load(at + step), centre);
          even = f32x4.add(even, f32x4.mul(first, first));
          odd = f32x4.add(odd, f32x4.mul(second, second));
          at += 2 * step;
        }
        if (count & 1) {
          const first: v128 = f32x4.sub(v128.load(at), centre);
          even = f32x4.add(even, f32x4.mul(first, first));
        }
        addLanes(sums + ((<usize>lane) << 3), f32x4.add(even, odd));
      }
    }
    for (let lane: i32 = 0; lane < restOf(job, group); lane++) {
      const offset: usize = (<usize>lane) << 2;
      const difference: f32 = load<f32>(job.x + <usize>end * step + offset) - load<f32>(job.a + offset);
      const to: usize = sums + ((<usize>lane) << 3);
      store<f64>(to, load<f64>(to) + difference * difference);
    }
  }
}

/** Σ g, and in the next `period` doubles Σ g · (x − a). */
export function channelProducts(address: usize, from: i32, to: i32): void {
  const job = jobAt(address);
  const period: i32 = job.period;
  const step: usize = (<usize>period) << 2;
  const blockRows: i32 = max(1, BLOCK / 2 / period);
  const x: usize = job.x;
  const g: usize = job.g;
  for (let group: i32 = from; group < to; group++) {
    const sums: usize = job.out + <usize>group * <usize>job.sumsStep;
    const products: usize = sums + ((<usize>period) << 3);
    const end: i32 = groupStart(job, group + 1, blockRows);
    memory.fill(sums, 0, (<usize>period) << 4);
    for (let row: i32 = groupStart(job, group, blockRows); row < end; row += blockRows) {
      const count: i32 = min(blockRows, end - row);
      for (let lane: i32 = 0; lane < period; lane += 4) {
        const centre: v128 = v128.load(job.a + ((<usize>lane) << 2));
        let at: usize = <usize>row * step + ((<usize>lane) << 2);
        let evenSum: v128 = f32x4.splat(0);
        let oddSum: v128 = f32x4.splat(0);
        let even: v128 = f32x4.splat(0);
        let odd: v128 = f32x4.splat(0);
        for (let i: i32 = count >> 1; i > 0; i--) {
          const first: v128 = v128.load(g + at);
          const second: v128 = v128.load(g + at + step);
          evenSum = f32x4.add(evenSum, first);
          oddSum = f32x4.add(oddSum, second);
          even = f32x4.add(even, f32x4.mul(first, f32x4.sub(v128.load(x + at), centre)));
          odd = f32x4.add(odd, f32x4.mul(second, f32x4.sub(v128.load(x + at + step), centre)));
          at += 2 * step;
        }
        if (count & 1) {
          const first: v128 = v128.load(g + at);
          evenSum = f32x4.add(evenSum, first);
          even = f32x4.add(even, f32x4.mul(first, f32x4.sub(v128.load(x + at), centre)));
        }
        addLanes(sums + ((<usize>lane) << 3), f32x4.add(evenSum, oddSum));
        addLanes(products + ((<usize>lane) << 3), f32x4.add(even, odd));
      }
    }
    for (let lane: i32 = 0; lane < restOf(job, group); lane++) {
      const at: usize = <usize>end * step + ((<usize>lane) << 2);
      const value: f32 = load<f32>(g + at);
      const difference: f32 = load<f32>(x + at) - load<f32>(job.a + ((<usize>lane) << 2));
      const to: usize = (<usize>lane) << 3;
      store<f64>(sums + to, load<f64>(sums + to) + value);
      store<f64>(products + to, load<f64>(products + to) + value * difference);
    }
  }
}
