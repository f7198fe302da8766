/**
 * Adds noise to values in HU and clips them to ±1000: one draw of xoroshiro128+ for two values, two of its upper 12-bit
 * parts picking one of 4,096 quantiles of the normal distribution each. Its lowest bits are the weak ones.
 *
 * @param values floats, and one more that is overwritten if their count is odd.
 * @param quantiles 4,096 floats.
 * @param s01 state of the generator: upper half of its first word, then lower half, then the second word's.
 */
export function addNoise(
  values: usize,
  count: i32,
  quantiles: usize,
  sigma: f64,
  s01: u32,
  s00: u32,
  s11: u32,
  s10: u32,
): void {
  let s0: u64 = ((<u64>s01) << 32) | s00;
  let s1: u64 = ((<u64>s11) << 32) | s10;
  const scale: v128 = f64x2.splat(sigma);
  const most: v128 = f64x2.splat(1000);
  const least: v128 = f64x2.splat(-1000);
  const end: usize = values + ((<usize>count) << 2);
  for (let at: usize = values; at < end; at += 8) {
    const random: u32 = <u32>s0 + <u32>s1;
    const both: u64 = s0 ^ s1;
    s0 = rotl<u64>(s0, 24) ^ both ^ (both << 16);
    s1 = rotl<u64>(both, 37);
    const first: v128 = v128.load32_zero(quantiles + ((<usize>(random >> 20)) << 2));
    const second: usize = quantiles + ((<usize>((random >> 8) & 0xfff)) << 2);
    const pair: v128 = f64x2.promote_low_f32x4(v128.load_lane<f32>(second, first, 1));
    const value: v128 = f64x2.promote_low_f32x4(v128.load64_zero(at));
    const sum: v128 = f64x2.add(value, f64x2.mul(scale, pair));
    const clipped: v128 = f64x2.pmax(f64x2.pmin(sum, most), least);
    v128.store64_lane(at, f32x4.demote_f64x2_zero(clipped), 0);
  }
}
