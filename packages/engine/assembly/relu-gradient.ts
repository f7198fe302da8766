/** out = y > 0 ? g : 0, where y is ReLU's output (or its input). */
export function reluGradient(g: usize, y: usize, out: usize, length: i32): void {
  const bytes: usize = (<usize>length) << 2;
  const vectors: usize = bytes & ~15;
  const zero: v128 = f32x4.splat(0);
  let at: usize = 0;
  for (; at < vectors; at += 16) {
    v128.store(out + at, v128.and(v128.load(g + at), f32x4.gt(v128.load(y + at), zero)));
  }
  for (; at < bytes; at += 4) {
    store<f32>(out + at, load<f32>(y + at) > 0 ? load<f32>(g + at) : 0);
  }
}
