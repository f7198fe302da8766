/**
 * Gradient of max pooling for one image: each window hands its gradient to its first element that equals the
 * window's maximum, as TensorFlow does. Adds to `inputGradient`, which the caller has cleared.
 */
export function maxPoolGradient(
  input: usize,
  output: usize,
  gradient: usize,
  inputGradient: usize,
  height: i32,
  width: i32,
  channels: i32,
  outHeight: i32,
  outWidth: i32,
  windowY: i32,
  windowX: i32,
  strideY: i32,
  strideX: i32,
  top: i32,
  left: i32,
): void {
  const vectors: i32 = channels & ~3;
  for (let row: i32 = 0; row < outHeight; row++) {
    const y0: i32 = max(0, row * strideY - top);
    const y1: i32 = min(height, row * strideY - top + windowY);
    for (let column: i32 = 0; column < outWidth; column++) {
      const x0: i32 = max(0, column * strideX - left);
      const x1: i32 = min(width, column * strideX - left + windowX);
      const at: usize = (<usize>((row * outWidth + column) * channels)) << 2;
      for (let c: i32 = 0; c < vectors; c += 4) {
        const channel: usize = (<usize>c) << 2;
        const most: v128 = v128.load(output + at + channel);
        let rest: v128 = v128.load(gradient + at + channel);
        for (let y: i32 = y0; y < y1; y++) {
          for (let x: i32 = x0; x < x1; x++) {
            const here: usize = ((<usize>((y * width + x) * channels)) << 2) + channel;
            const mask: v128 = f32x4.eq(v128.load(input + here), most);
            const share: v128 = v128.and(rest, mask);
            rest = v128.andnot(rest, mask);
            v128.store(inputGradient + here, f32x4.add(v128.load(inputGradient + here), share));
          }
        }
      }
      for (let c: i32 = vectors; c < channels; c++) {
        const channel: usize = (<usize>c) << 2;
        const most: f32 = load<f32>(output + at + channel);
        let rest: f32 = load<f32>(gradient + at + channel);
        for (let y: i32 = y0; y < y1; y++) {
          for (let x: i32 = x0; x < x1; x++) {
            const here: usize = ((<usize>((y * width + x) * channels)) << 2) + channel;
            if (load<f32>(input + here) === most) {
              store<f32>(inputGradient + here, load<f32>(inputGradient + here) + rest);
              rest = 0;
            }
          }
        }
      }
    }
  }
}

/**
 * Gradient of average pooling for one image: each window spreads its gradient evenly over its elements inside the
 * image (padding is not counted, as in the forward pass). Adds to `inputGradient`, which the caller has cleared.
 */
export function averagePoolGradient(
  gradient: usize,
  inputGradient: usize,
  height: i32,
  width: i32,
  channels: i32,
  outHeight: i32,
  outWidth: i32,
  windowY: i32,
  windowX: i32,
  strideY: i32,
  strideX: i32,
  top: i32,
  left: i32,
): void {
  const vectors: i32 = channels & ~3;
  for (let row: i32 = 0; row < outHeight; row++) {
    const y0: i32 = max(0, row * strideY - top);
    const y1: i32 = min(height, row * strideY - top + windowY);
    for (let column: i32 = 0; column < outWidth; column++) {
      const x0: i32 = max(0, column * strideX - left);
      const x1: i32 = min(width, column * strideX - left + windowX);
      const share: f32 = 1 / <f32>((y1 - y0) * (x1 - x0));
      const shares: v128 = f32x4.splat(share);
      const from: usize = gradient + ((<usize>((row * outWidth + column) * channels)) << 2);
      for (let y: i32 = y0; y < y1; y++) {
        for (let x: i32 = x0; x < x1; x++) {
          const to: usize = inputGradient + ((<usize>((y * width + x) * channels)) << 2);
          for (let c: i32 = 0; c < vectors; c += 4) {
            const channel: usize = (<usize>c) << 2;
            const part: v128 = f32x4.mul(v128.load(from + channel), shares);
            v128.store(to + channel, f32x4.add(v128.load(to + channel), part));
          }
          for (let c: i32 = vectors; c < channels; c++) {
            const channel: usize = (<usize>c) << 2;
            store<f32>(to + channel, load<f32>(to + channel) + load<f32>(from + channel) * share);
          }
        }
      }
    }
  }
}
