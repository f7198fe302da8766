/** Four samples of a plane, from its int16 voxels. */
function loadVoxels(at: usize): v128 {
  return f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(v128.load64_zero(at)));
}

/** Four labels of a plane of bytes. */
function loadLabels(at: usize): v128 {
  const words: v128 = i16x8.extend_low_i8x16_u(v128.load32_zero(at));
  return f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(words));
}

/** Channel `channel` of four pixels: a slice, after the last one the label, then nothing. */
function loadChannel(image: usize, label: usize, plane: i32, slices: i32, channel: i32, pixel: i32): v128 {
  if (channel < slices) return loadVoxels(image + ((<usize>(channel * plane + pixel)) << 1));
  if (channel === slices) return loadLabels(label + <usize>pixel);
  return f32x4.splat(0);
}

/**
 * Brings the slices of a slab and its label side by side: `[slices, plane]` int16 and `[plane]` bytes become
 * `[plane, lanes]` floats, lanes being the multiple of 4 that follows `slices`.
 *
 * Takes four pixels at a time, so up to three more than there are: beyond the end of what it reads and writes.
 */
export function interleave(image: usize, label: usize, plane: i32, slices: i32, out: usize): void {
  const step: usize = (<usize>((slices >> 2) + 1)) << 4;
  for (let group: i32 = 0; group <= slices >> 2; group++) {
    const channel: i32 = group << 2;
    let to: usize = out + ((<usize>group) << 4);
    for (let pixel: i32 = 0; pixel < plane; pixel += 4) {
      const a: v128 = loadChannel(image, label, plane, slices, channel, pixel);
      const b: v128 = loadChannel(image, label, plane, slices, channel + 1, pixel);
      const c: v128 = loadChannel(image, label, plane, slices, channel + 2, pixel);
      const d: v128 = loadChannel(image, label, plane, slices, channel + 3, pixel);
      const ab0: v128 = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
      const ab1: v128 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
      const cd0: v128 = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
      const cd1: v128 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
      v128.store(to, v128.shuffle<f64>(ab0, cd0, 0, 2));
      v128.store(to + step, v128.shuffle<f64>(ab0, cd0, 1, 3));
      v128.store(to + 2 * step, v128.shuffle<f64>(ab1, cd1, 0, 2));
      v128.store(to + 3 * step, v128.shuffle<f64>(ab1, cd1, 1, 3));
      to += 4 * step;
    }
  }
}
