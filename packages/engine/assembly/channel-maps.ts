// Affine maps of NHWC tensors with one set of coefficients per channel, over the rows `from` … `to` − 1 of a ChannelJob.
import { jobAt, rowsEnd, wholeEnd } from './channel-job';

/** out = x · a + b. */
export function scaleChannels(address: usize, from: i32, to: i32): void {
  const job = jobAt(address);
  const step: usize = (<usize>job.period) << 2;
  const x: usize = job.x;
  const out: usize = job.out;
  const a: usize = job.a;
  const b: usize = job.b;
  const end: usize = wholeEnd(job, to);
  for (let row: usize = <usize>from * step; row < end; row += step) {
    for (let lane: usize = 0; lane < step; lane += 16) {
      const scaled: v128 = f32x4.mul(v128.load(x + row + lane), v128.load(a + lane));
      v128.store(out + row + lane, f32x4.add(scaled, v128.load(b + lane)));
    }
  }
  const last: usize = rowsEnd(job, to);
  for (let at: usize = end; at < last; at += 4) {
    store<f32>(out + at, load<f32>(x + at) * load<f32>(a + at - end) + load<f32>(b + at - end));
  }
}

/** out = g · a + x · b + c. */
export function combineChannels(address: usize, from: i32, to: i32): void {
  const job = jobAt(address);
  const step: usize = (<usize>job.period) << 2;
  const g: usize = job.g;
  const x: usize = job.x;
  const out: usize = job.out;
  const a: usize = job.a;
  const b: usize = job.b;
  const c: usize = job.c;
  const end: usize = wholeEnd(job, to);
  for (let row: usize = <usize>from * step; row < end; row += step) {
    for (let lane: usize = 0; lane < step; lane += 16) {
      const at: usize = row + lane;
      const first: v128 = f32x4.mul(v128.load(g + at), v128.load(a + lane));
      const second: v128 = f32x4.mul(v128.load(x + at), v128.load(b + lane));
      v128.store(out + at, f32x4.add(f32x4.add(first, second), v128.load(c + lane)));
    }
  }
  const last: usize = rowsEnd(job, to);
  for (let at: usize = end; at < last; at += 4) {
    const lane: usize = at - end;
    const first: f32 = load<f32>(g + at) * load<f32>(a + lane);
    const second: f32 = load<f32>(x + at) * load<f32>(b + lane);
    store<f32>(out + at, first + second + load<f32>(c + lane));
  }
}

/** out = x > 0 ? g : 0, where x is ReLU's output (or its input). */
export function reluGradient(address: usize, from: i32, to: i32): void {
  const job = jobAt(address);
  const step: usize = (<usize>job.period) << 2;
  const g: usize = job.g;
  const x: usize = job.x;
  const out: usize = job.out;
  const zero: v128 = f32x4.splat(0);
  const end: usize = wholeEnd(job, to);
  for (let at: usize = <usize>from * step; at < end; at += 16) {
    v128.store(out + at, v128.and(v128.load(g + at), f32x4.gt(v128.load(x + at), zero)));
  }
  const last: usize = rowsEnd(job, to);
  for (let at: usize = end; at < last; at += 4) {
    store<f32>(out + at, load<f32>(x + at) > 0 ? load<f32>(g + at) : 0);
  }
}
