import { type PixelSize, type Rectangle, sizeOf } from './rectangle.ts';

/** An image in the model's layout. */
export interface Image extends PixelSize {
  readonly channels: number;
  /** `[height, width, channels]`, channels fastest. */
  readonly pixels: Float32Array;
}

/** Which axes of an image are reversed. */
export interface Flip {
  readonly rows: boolean;
  readonly columns: boolean;
}

/**
 * Copies a window of an image, flipped or not; beyond the image's lower and right border the border pixel is repeated.
 *
 * @param out at least as long as the window; its beginning is written and returned.
 */
export function copyWindow(
  { pixels, height, width, channels }: Image,
  window: Rectangle,
  flip: Flip,
  out: Float32Array,
): Float32Array {
  const size = sizeOf(window);
  let to = 0;
  for (let row = 0; row < size.height; row++) {
    const y = Math.min(height - 1, flip.rows ? window.bottom - 1 - row : window.top + row);
    let column = 0;
    if (!flip.columns) {
      column = Math.min(width, window.right) - window.left;
      const from = (y * width + window.left) * channels;
      out.set(pixels.subarray(from, from + column * channels), to);
      to += column * channels;
    }
    for (; column < size.width; column++) {
      const x = Math.min(width - 1, flip.columns ? window.right - 1 - column : window.left + column);
      const from = (y * width + x) * channels;
      for (let channel = 0; channel < channels; channel++) out[to++] = pixels[from + channel]!;
    }
  }
  return out.subarray(0, to);
}
