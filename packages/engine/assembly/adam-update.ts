/**
 * One step of Adam for one variable; the moments m and v change in place. Operations and roundings are those of
 * src/optimizer/adam-update.ts, vectors and rest alike, so that the bits are the same.
 */
export function adamUpdate(
  gradient: usize,
  value: usize,
  out: usize,
  m: usize,
  v: usize,
  length: i32,
  beta1: f32,
  rest1: f32,
  beta2: f32,
  rest2: f32,
  correction1: f32,
  correction2: f32,
  epsilon: f32,
  factor: f32,
): void {
  const bytes: usize = (<usize>length) << 2;
  const vectors: usize = bytes & ~15;
  let at: usize = 0;
  for (; at < vectors; at += 16) {
    const g: v128 = v128.load(gradient + at);
    const newM: v128 = f32x4.add(
      f32x4.mul(v128.load(m + at), f32x4.splat(beta1)),
      f32x4.mul(g, f32x4.splat(rest1)),
    );
    const newV: v128 = f32x4.add(
      f32x4.mul(v128.load(v + at), f32x4.splat(beta2)),
      f32x4.mul(f32x4.mul(g, g), f32x4.splat(rest2)),
    );
    v128.store(m + at, newM);
    v128.store(v + at, newV);
    const root: v128 = f32x4.sqrt(f32x4.div(newV, f32x4.splat(correction2)));
    const ratio: v128 = f32x4.div(
      f32x4.div(newM, f32x4.splat(correction1)),
      f32x4.add(root, f32x4.splat(epsilon)),
    );
    v128.store(out + at, f32x4.add(f32x4.mul(ratio, f32x4.splat(factor)), v128.load(value + at)));
  }
  for (; at < bytes; at += 4) {
    const g: f32 = load<f32>(gradient + at);
    const newM: f32 = load<f32>(m + at) * beta1 + g * rest1;
    const newV: f32 = load<f32>(v + at) * beta2 + g * g * rest2;
    store<f32>(m + at, newM);
    store<f32>(v + at, newV);
    const ratio: f32 = newM / correction1 / (sqrt<f32>(newV / correction2) + epsilon);
    store<f32>(out + at, ratio * factor + load<f32>(value + at));
  }
}
