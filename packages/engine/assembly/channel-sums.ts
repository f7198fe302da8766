// Reductions over all pixels of an NHWC tensor, channel by channel.
//
// The tensor is read as rows of `period` floats, the least common multiple of the channels and the vector width, so
// that each lane of a row always meets the same channel whatever the channel count. `sums` holds `period` doubles;
// the caller folds the repetitions of a channel. Blocks that fit the first-level cache are summed in float32 and
// then added in float64: no precision is lost over millions of pixels, and the order is fixed.

/** Floats of one block. */
const BLOCK: i32 = 4096;

function addLanes(sums: usize, lanes: v128): void {
  v128.store(sums, f64x2.add(v128.load(sums), f64x2.promote_low_f32x4(lanes)));
  const high: v128 = i8x16.shuffle(lanes, lanes, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15);
  v128.store(sums, f64x2.add(v128.load(sums, 16), f64x2.promote_low_f32x4(high)), 16);
}

/** Σ x. */
export function channelSums(x: usize, length: i32, period: i32, sums: usize): void {
  const step: usize = (<usize>period) << 2;
  const rows: i32 = length / period;
  const blockRows: i32 = max(1, BLOCK / period);
  memory.fill(sums, 0, (<usize>period) << 3);
  for (let row: i32 = 0; row < rows; row += blockRows) {
    const count: i32 = min(blockRows, rows - row);
    for (let lane: i32 = 0; lane < period; lane += 4) {
      let at: usize = x + <usize>row * step + ((<usize>lane) << 2);
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
  for (let i: i32 = rows * period; i < length; i++) {
    const to: usize = sums + ((<usize>(i - rows * period)) << 3);
    store<f64>(to, load<f64>(to) + load<f32>(x + ((<usize>i) << 2)));
  }
}

/** Σ (x − mean)²; `mean` holds `period` floats. */
export function channelSquares(x: usize, length: i32, period: i32, mean: usize, sums: usize): void {
  const step: usize = (<usize>period) << 2;
  const rows: i32 = length / period;
  const blockRows: i32 = max(1, BLOCK / period);
  memory.fill(sums, 0, (<usize>period) << 3);
  for (let row: i32 = 0; row < rows; row += blockRows) {
    const count: i32 = min(blockRows, rows - row);
    for (let lane: i32 = 0; lane < period; lane += 4) {
      const centre: v128 = v128.load(mean + ((<usize>lane) << 2));
      let at: usize = x + <usize>row * step + ((<usize>lane) << 2);
      let even: v128 = f32x4.splat(0);
      let odd: v128 = f32x4.splat(0);
      for (let i: i32 = count >> 1; i > 0; i--) {
        const a: v128 = f32x4.sub(v128.load(at), centre);
        const b: v128 = f32x4.sub(v128.load(at + step), centre);
        even = f32x4.add(even, f32x4.mul(a, a));
        odd = f32x4.add(odd, f32x4.mul(b, b));
        at += 2 * step;
      }
      if (count & 1) {
        const a: v128 = f32x4.sub(v128.load(at), centre);
        even = f32x4.add(even, f32x4.mul(a, a));
      }
      addLanes(sums + ((<usize>lane) << 3), f32x4.add(even, odd));
    }
  }
  for (let i: i32 = rows * period; i < length; i++) {
    const lane: usize = <usize>(i - rows * period);
    const difference: f32 = load<f32>(x + ((<usize>i) << 2)) - load<f32>(mean + (lane << 2));
    const to: usize = sums + (lane << 3);
    store<f64>(to, load<f64>(to) + difference * difference);
  }
}

/** Σ g into `sums`, and Σ g · (x − mean) into the next `period` doubles. */
export function channelProducts(
  g: usize,
  x: usize,
  length: i32,
  period: i32,
  mean: usize,
  sums: usize,
): void {
  const step: usize = (<usize>period) << 2;
  const products: usize = sums + ((<usize>period) << 3);
  const rows: i32 = length / period;
  const blockRows: i32 = max(1, BLOCK / 2 / period);
  memory.fill(sums, 0, (<usize>period) << 4);
  for (let row: i32 = 0; row < rows; row += blockRows) {
    const count: i32 = min(blockRows, rows - row);
    for (let lane: i32 = 0; lane < period; lane += 4) {
      const centre: v128 = v128.load(mean + ((<usize>lane) << 2));
      let at: usize = <usize>row * step + ((<usize>lane) << 2);
      let evenSum: v128 = f32x4.splat(0);
      let oddSum: v128 = f32x4.splat(0);
      let even: v128 = f32x4.splat(0);
      let odd: v128 = f32x4.splat(0);
      for (let i: i32 = count >> 1; i > 0; i--) {
        const a: v128 = v128.load(g + at);
        const b: v128 = v128.load(g + at + step);
        evenSum = f32x4.add(evenSum, a);
        oddSum = f32x4.add(oddSum, b);
        even = f32x4.add(even, f32x4.mul(a, f32x4.sub(v128.load(x + at), centre)));
        odd = f32x4.add(odd, f32x4.mul(b, f32x4.sub(v128.load(x + at + step), centre)));
        at += 2 * step;
      }
      if (count & 1) {
        const a: v128 = v128.load(g + at);
        evenSum = f32x4.add(evenSum, a);
        even = f32x4.add(even, f32x4.mul(a, f32x4.sub(v128.load(x + at), centre)));
      }
      addLanes(sums + ((<usize>lane) << 3), f32x4.add(evenSum, oddSum));
      addLanes(products + ((<usize>lane) << 3), f32x4.add(even, odd));
    }
  }
  for (let i: i32 = rows * period; i < length; i++) {
    const lane: usize = <usize>(i - rows * period);
    const value: f32 = load<f32>(g + ((<usize>i) << 2));
    const difference: f32 = load<f32>(x + ((<usize>i) << 2)) - load<f32>(mean + (lane << 2));
    store<f64>(sums + (lane << 3), load<f64>(sums + (lane << 3)) + value);
    store<f64>(products + (lane << 3), load<f64>(products + (lane << 3)) + value * difference);
  }
}
