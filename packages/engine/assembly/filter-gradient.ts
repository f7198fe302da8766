/** Pixels of one pass over the sums: enough to hide that they are read and written once per pass. */
const PIXELS: i32 = 128;

/**
 * Adds one image's share to the gradient of a filter, `sums[tapY][k][channels] += Σ image[…] · gradient[…]`.
 *
 * `k` runs over the `run = tapsX · inputs` floats of one filter row, contiguous in the padded image. Tiles of
 * 4 k × 8 channels; `channels` (of the output gradient and of the sums) is a multiple of 8. All steps are in bytes.
 */
export function filterGradient(
  image: usize,
  gradient: usize,
  sums: usize,
  outHeight: i32,
  outWidth: i32,
  channels: i32,
  tapsY: i32,
  run: i32,
  tapStep: i32,
  rowStep: i32,
  pixelStep: i32,
): void {
  const outPixel: usize = (<usize>channels) << 2;
  const rows: i32 = max(1, PIXELS / outWidth);
  for (let row0: i32 = 0; row0 < outHeight; row0 += rows) {
    const rowEnd: i32 = min(row0 + rows, outHeight);
    for (let tap: i32 = 0; tap < tapsY; tap++) {
      for (let channel: i32 = 0; channel < channels; channel += 8) {
        for (let k: i32 = 0; k < run; k += 4) {
          const count: i32 = min(4, run - k);
          // A tile at the end repeats its last k rather than read beyond the image.
          const step1: usize = count > 1 ? 4 : 0;
          const step2: usize = count > 2 ? 8 : step1;
          const step3: usize = count > 3 ? 12 : step2;
          const to: usize = sums + <usize>(tap * run + k) * outPixel + ((<usize>channel) << 2);
          let a0: v128 = f32x4.splat(0);
          let a1: v128 = f32x4.splat(0);
          let a2: v128 = f32x4.splat(0);
          let a3: v128 = f32x4.splat(0);
          let b0: v128 = f32x4.splat(0);
          let b1: v128 = f32x4.splat(0);
          let b2: v128 = f32x4.splat(0);
          let b3: v128 = f32x4.splat(0);
          for (let row: i32 = row0; row < rowEnd; row++) {
            let p: usize =
              image + <usize>row * <usize>rowStep + <usize>tap * <usize>tapStep + ((<usize>k) << 2);
            let g: usize = gradient + <usize>(row * outWidth) * outPixel + ((<usize>channel) << 2);
            const end: usize = g + <usize>outWidth * outPixel;
            while (g < end) {
              const ga: v128 = v128.load(g);
              const gb: v128 = v128.load(g, 16);
              const s0: v128 = v128.load32_splat(p);
              a0 = f32x4.add(a0, f32x4.mul(s0, ga));
              b0 = f32x4.add(b0, f32x4.mul(s0, gb));
              const s1: v128 = v128.load32_splat(p + step1);
              a1 = f32x4.add(a1, f32x4.mul(s1, ga));
              b1 = f32x4.add(b1, f32x4.mul(s1, gb));
              const s2: v128 = v128.load32_splat(p + step2);
              a2 = f32x4.add(a2, f32x4.mul(s2, ga));
              b2 = f32x4.add(b2, f32x4.mul(s2, gb));
              const s3: v128 = v128.load32_splat(p + step3);
              a3 = f32x4.add(a3, f32x4.mul(s3, ga));
              b3 = f32x4.add(b3, f32x4.mul(s3, gb));
              g += outPixel;
              p += <usize>pixelStep;
            }
          }
          addPair(to, a0, b0);
          if (count > 1) addPair(to + outPixel, a1, b1);
          if (count > 2) addPair(to + 2 * outPixel, a2, b2);
          if (count > 3) addPair(to + 3 * outPixel, a3, b3);
        }
      }
    }
  }
}

function addPair(to: usize, a: v128, b: v128): void {
  v128.store(to, f32x4.add(v128.load(to), a));
  v128.store(to, f32x4.add(v128.load(to, 16), b), 16);
}
