/** Rows that share one pass over a panel of weights: the panel stays in the first-level cache meanwhile. */
const ROWS: i32 = 4;

/**
 * Correlates one padded image with packed weights (see packWeights): implicit GEMM in tiles of 4 pixels × 8 outputs.
 *
 * In NHWC the taps of one filter row are contiguous in the image (`run = tapsX · inputs` floats), so the reduction
 * is `tapsY` straight runs, whatever the filter's shape or the stride. All steps are in bytes. `bias` holds
 * 8 · ceil(outputs / 8) floats; `floor` is the least value written (0 for ReLU, −Infinity for none).
 */
export function convolve(
  image: usize,
  weights: usize,
  bias: usize,
  out: usize,
  outHeight: i32,
  outWidth: i32,
  outputs: i32,
  tapsY: i32,
  run: i32,
  tapStep: i32,
  rowStep: i32,
  pixelStep: i32,
  outRowStep: i32,
  outPixelStep: i32,
  floor: f32,
): void {
  const panelBytes: usize = (<usize>(tapsY * run)) << 5;
  const least: v128 = f32x4.splat(floor);
  for (let row0: i32 = 0; row0 < outHeight; row0 += ROWS) {
    const rowEnd: i32 = min(row0 + ROWS, outHeight);
    for (let output: i32 = 0; output < outputs; output += 8) {
      const panel: usize = weights + <usize>(output >> 3) * panelBytes;
      const bias0: v128 = v128.load(bias + ((<usize>output) << 2));
      const bias1: v128 = v128.load(bias + ((<usize>output) << 2), 16);
      const lanes: i32 = min(8, outputs - output);
      for (let row: i32 = row0; row < rowEnd; row++) {
        let x0: usize = image + <usize>row * <usize>rowStep;
        let to: usize = out + <usize>row * <usize>outRowStep + ((<usize>output) << 2);
        for (let column: i32 = 0; column < outWidth; column += 4) {
          const pixels: i32 = min(4, outWidth - column);
          // A tile at the border repeats its last pixel rather than read beyond the image.
          const step1: usize = pixels > 1 ? <usize>pixelStep : 0;
          const step2: usize = pixels > 2 ? step1 + <usize>pixelStep : step1;
          const step3: usize = pixels > 3 ? step2 + <usize>pixelStep : step2;
          let a0: v128 = bias0;
          let a1: v128 = bias0;
          let a2: v128 = bias0;
          let a3: v128 = bias0;
          let b0: v128 = bias1;
          let b1: v128 = bias1;
          let b2: v128 = bias1;
          let b3: v128 = bias1;
          let w: usize = panel;
          for (let tap: i32 = 0; tap < tapsY; tap++) {
            let p0: usize = x0 + <usize>tap * <usize>tapStep;
            let p1: usize = p0 + step1;
            let p2: usize = p0 + step2;
            let p3: usize = p0 + step3;
            const end: usize = w + ((<usize>run) << 5);
            while (w < end) {
              const wa: v128 = v128.load(w);
              const wb: v128 = v128.load(w, 16);
              const s0: v128 = v128.load32_splat(p0);
              a0 = f32x4.add(a0, f32x4.mul(s0, wa));
              b0 = f32x4.add(b0, f32x4.mul(s0, wb));
              const s1: v128 = v128.load32_splat(p1);
              a1 = f32x4.add(a1, f32x4.mul(s1, wa));
              b1 = f32x4.add(b1, f32x4.mul(s1, wb));
              const s2: v128 = v128.load32_splat(p2);
              a2 = f32x4.add(a2, f32x4.mul(s2, wa));
              b2 = f32x4.add(b2, f32x4.mul(s2, wb));
              const s3: v128 = v128.load32_splat(p3);
              a3 = f32x4.add(a3, f32x4.mul(s3, wa));
              b3 = f32x4.add(b3, f32x4.mul(s3, wb));
              w += 32;
              p0 += 4;
              p1 += 4;
              p2 += 4;
              p3 += 4;
            }
          }
          writePixel(to, lanes, f32x4.max(a0, least), f32x4.max(b0, least));
          if (pixels > 1) {
            writePixel(to + <usize>outPixelStep, lanes, f32x4.max(a1, least), f32x4.max(b1, least));
          }
          if (pixels > 2) {
            writePixel(to + 2 * <usize>outPixelStep, lanes, f32x4.max(a2, least), f32x4.max(b2, least));
          }
          if (pixels > 3) {
            writePixel(to + 3 * <usize>outPixelStep, lanes, f32x4.max(a3, least), f32x4.max(b3, least));
          }
          x0 += 4 * <usize>pixelStep;
          to += 4 * <usize>outPixelStep;
        }
      }
    }
  }
}

function writePixel(to: usize, lanes: i32, a: v128, b: v128): void {
  if (lanes === 8) {
    v128.store(to, a);
    v128.store(to, b, 16);
    return;
  }
  let rest: v128 = a;
  let left: i32 = lanes;
  if (left >= 4) {
    v128.store(to, a);
    rest = b;
    to += 16;
    left -= 4;
  }
  if (left > 0) store<f32>(to, f32x4.extract_lane(rest, 0));
  if (left > 1) store<f32>(to, f32x4.extract_lane(rest, 1), 4);
  if (left > 2) store<f32>(to, f32x4.extract_lane(rest, 2), 8);
}
