import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { copyWindow, type Flip, type Image } from './copy-window.ts';
import { macrotask } from './macrotask.ts';
import { type Rectangle, sizeOf } from './rectangle.ts';

const asIs: Flip = { rows: false, columns: false };

/** The image as it is, alone. */
export const noFlips: readonly Flip[] = [asIs];

/** The image as it is, and the three flips that test-time averaging adds to it. */
export const fourFlips: readonly Flip[] = [
  asIs,
  { rows: true, columns: false },
  { rows: false, columns: true },
  { rows: true, columns: true },
];

/** How a window is run. */
export interface PredictWindowOptions {
  readonly flips: readonly Flip[];
  /** Room for the window's pixels. */
  readonly scratch: Float32Array;
  readonly signal: AbortSignal | undefined;
}

/**
 * Runs a model over a window of an image, once for each flip, and averages.
 *
 * @param window may reach beyond the image's lower and right border.
 * @returns probabilities of the window, row-major.
 */
export async function predictWindow(
  model: LayersModel,
  image: Image,
  window: Rectangle,
  { flips, scratch, signal }: PredictWindowOptions,
): Promise<Float32Array> {
  const { height, width } = sizeOf(window);
  // Whole rows lie in the image as the model wants them.
  const wholeRows = window.left === 0 && width === image.width && window.bottom <= image.height;
  const rowLength = image.width * image.channels;
  const weight = 1 / flips.length;
  const mean = new Float32Array(height * width);
  for (const flip of flips) {
    signal?.throwIfAborted();
    const input =
      wholeRows && flip === asIs
        ? image.pixels.subarray(window.top * rowLength, window.bottom * rowLength)
        : copyWindow(image, window, flip, scratch);
    const output = tf.tidy(
      () => model.predict(tf.tensor4d(input, [1, height, width, image.channels])) as tf.Tensor,
    );
    try {
      addFlipped(mean, (await output.data()) as Float32Array, width, flip, weight);
    } finally {
      output.dispose();
    }
    await macrotask();
  }
  return mean;
}

/** Adds a flipped window's values, turned back, times `weight`. */
function addFlipped(
  sum: Float32Array,
  values: Float32Array,
  width: number,
  { rows, columns }: Flip,
  weight: number,
): void {
  const height = sum.length / width;
  const step = columns ? -1 : 1;
  for (let row = 0, at = 0; row < height; row++) {
    let from = (rows ? height - 1 - row : row) * width + (columns ? width - 1 : 0);
    for (const end = at + width; at < end; at++, from += step) sum[at]! += values[from]! * weight;
  }
}
