/**
 * Copies one image `[height, width, channels]` into a window `[outHeight, outWidth, outChannels]` that starts
 * `top` rows above and `left` columns before it; what lies outside is zero. Negative `top` and `left` crop, and so
 * do fewer `outChannels`.
 */
export function padImage(
  source: usize,
  target: usize,
  height: i32,
  width: i32,
  channels: i32,
  top: i32,
  left: i32,
  outHeight: i32,
  outWidth: i32,
  outChannels: i32,
): void {
  const pixel: usize = (<usize>outChannels) << 2;
  const sourcePixel: usize = (<usize>channels) << 2;
  const common: usize = min(pixel, sourcePixel);
  const rowBytes: usize = <usize>outWidth * pixel;
  const first: i32 = max(0, left);
  const end: i32 = max(first, min(outWidth, left + width));
  for (let row: i32 = 0; row < outHeight; row++) {
    const out: usize = target + <usize>row * rowBytes;
    const sourceRow: i32 = row - top;
    if (sourceRow < 0 || sourceRow >= height || first >= end) {
      memory.fill(out, 0, rowBytes);
      continue;
    }
    let from: usize = source + (<usize>sourceRow * <usize>width + <usize>(first - left)) * sourcePixel;
    let to: usize = out + <usize>first * pixel;
    memory.fill(out, 0, to - out);
    if (channels === outChannels) {
      const bytes: usize = <usize>(end - first) * pixel;
      memory.copy(to, from, bytes);
      to += bytes;
    } else {
      for (let column: i32 = first; column < end; column++) {
        let c: usize = 0;
        for (; c < common; c += 4) store<f32>(to + c, load<f32>(from + c));
        for (; c < pixel; c += 4) store<f32>(to + c, 0);
        to += pixel;
        from += sourcePixel;
      }
    }
    memory.fill(to, 0, out + rowBytes - to);
  }
}
