// Affine maps of NHWC tensors with one set of coefficients per channel, each repeated to `period` floats as in
// channel-sums.ts. Source and target may be the same.

/** out = x · scale + shift. */
export function scaleChannels(
  x: usize,
  out: usize,
  length: i32,
  period: i32,
  scale: usize,
  shift: usize,
): void {
  const step: usize = (<usize>period) << 2;
  const end: usize = (((<usize>length) << 2) / step) * step;
  for (let row: usize = 0; row < end; row += step) {
    for (let lane: usize = 0; lane < step; lane += 16) {
      const scaled: v128 = f32x4.mul(v128.load(x + row + lane), v128.load(scale + lane));
      v128.store(out + row + lane, f32x4.add(scaled, v128.load(shift + lane)));
    }
  }
  for (let at: usize = end; at < (<usize>length) << 2; at += 4) {
    const value: f32 = load<f32>(x + at) * load<f32>(scale + at - end) + load<f32>(shift + at - end);
    store<f32>(out + at, value);
  }
}

/** out = g · a + x · b + c. */
export function combineChannels(
  g: usize,
  x: usize,
  out: usize,
  length: i32,
  period: i32,
  a: usize,
  b: usize,
  c: usize,
): void {
  const step: usize = (<usize>period) << 2;
  const end: usize = (((<usize>length) << 2) / step) * step;
  for (let row: usize = 0; row < end; row += step) {
    for (let lane: usize = 0; lane < step; lane += 16) {
      const at: usize = row + lane;
      const first: v128 = f32x4.mul(v128.load(g + at), v128.load(a + lane));
      const second: v128 = f32x4.mul(v128.load(x + at), v128.load(b + lane));
      v128.store(out + at, f32x4.add(f32x4.add(first, second), v128.load(c + lane)));
    }
  }
  for (let at: usize = end; at < (<usize>length) << 2; at += 4) {
    const lane: usize = at - end;
    const first: f32 = load<f32>(g + at) * load<f32>(a + lane);
    const second: f32 = load<f32>(x + at) * load<f32>(b + lane);
    store<f32>(out + at, first + second + load<f32>(c + lane));
  }
}
