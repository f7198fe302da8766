import type { Volume } from '@lunet/io';
import { nearLung } from '@lunet/masks';
import { fullSlice, type NumberArray } from '@lunet/patches';
import { halo, sizeDivisor, unetOptions } from '@lunet/unet';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { checkSameShape } from '../measure/check-same-shape.ts';
import type { Image } from './copy-window.ts';
import { defaultLungMarginMm, type PredictOptions, tileSizeOf } from './predict-options.ts';
import { fourFlips, noFlips, predictWindow } from './predict-window.ts';
import { type PixelSize, type Rectangle, rectangleAround, sizeOf } from './rectangle.ts';
import type { SlabSource } from './slab-source.ts';
import { slabsAround } from './slabs-around.ts';
import { addHalo, alignRectangle, roundUp, tileSlice } from './tile-slice.ts';

/** One predicted slice. */
export interface PredictedSlice {
  readonly z: number;
  /** Probabilities 0 … 1, row-major `[height, width]`. */
  readonly probability: Float32Array;
  /** The model's image of the slice, `[height, width, channels]` in HU; its buffer becomes the next slice's, so do not write. */
  readonly image: Float32Array;
}

/** Which slices are predicted, how, and how it is stopped. */
export interface PredictSlicesOptions extends PredictOptions {
  /** Indices of the slices; all of them if absent. */
  readonly slices?: Iterable<number> | undefined;
}

/**
 * Runs a model over slices of a scan, one at a time: slices `z − 3 … z + 3` in, slice `z` out.
 *
 * Memory is bounded by the activations of one slice, or of one tile, whatever the scan's depth. Of a scan that is a source
 * two slabs of the model's depth are held, and the next slices are read while the model runs. A slice whose sides the
 * model's pooling does not divide is continued to the right and below by its border pixels.
 *
 * @param model from `@lunet/unet`, with an odd number of input channels, on any backend.
 * @param scan HU: a volume, or an open file. In a compressed one ask for rising slices.
 * @throws {RangeError} if one of `slices` is not in the volume, or an option is out of its range.
 * @throws {TypeError} if the model does not take an odd number of slices or was not made by `buildUnet`, or the lung
 *   mask has another shape than the scan, or the scan is a source of 64-bit integers.
 * @throws what the source's `readSlab` throws.
 * @throws the signal's reason, if it aborts.
 * @example
 * ```ts
 * for await (const { z, probability } of predictSlices(model, scan, { slices: [0, 2] })) {
 *   console.log(z, probability.length); // 0 then 2; 512 · 512 for a LUNA16 scan
 * }
 * ```
 */
export async function* predictSlices(
  model: LayersModel,
  scan: Volume<NumberArray> | SlabSource,
  {
    slices,
    tile,
    flips = false,
    lung,
    lungMarginMm = defaultLungMarginMm,
    signal,
  }: PredictSlicesOptions = {},
): AsyncGenerator<PredictedSlice, void, undefined> {
  const [width, height, depth] = scan.geometry.size;
  const channels = model.inputs[0]?.shape.at(-1);
  if (channels == null || channels % 2 !== 1) {
    throw new TypeError(
      `Cannot predict slices: the model takes ${channels} channels, not an odd number of slices`,
    );
  }
  if (lung) checkSameShape('predict slices', { scan: { voxels: { shape: [depth, height, width] } }, lung });
  const options = unetOptions(model);
  const divisor = sizeDivisor(options);
  const border = halo(options);
  const padded: PixelSize = { height: roundUp(height, divisor), width: roundUp(width, divisor) };
  const tiles = tileSlice(padded, tileSizeOf(tile, padded), divisor);
  const pixels = new Float32Array(height * width * channels);
  const image: Image = { pixels, height, width, channels };
  const scratch = new Float32Array(largestWindow(tiles, border, padded) * channels);
  const run = { flips: flips ? fourFlips : noFlips, scratch, signal };

  let holds: number | undefined;
  const context = (channels - 1) / 2;
  const order = slices ?? Array.from({ length: depth }, (_, index) => index);
  for await (const { z, first, slab } of slabsAround(scan, { slices: order, context, signal })) {
    signal?.throwIfAborted();
    fullSlice(slab, z - first, {
      context,
      out: pixels,
      holds: holds === undefined ? undefined : holds - first,
    });
    holds = z;
    const near = lung && nearLung(lung, z, lungMarginMm);
    const probability = new Float32Array(height * width);
    for (const cell of tiles) {
      const wanted = near ? rectangleAround(near, image, cell) : cell;
      if (!wanted) continue;
      const window = addHalo(alignRectangle(wanted, divisor), border, padded);
      writeWindow(await predictWindow(model, image, window, run), window, probability, image, wanted);
    }
    if (near) for (let pixel = 0; pixel < near.length; pixel++) if (near[pixel] === 0) probability[pixel] = 0;
    yield { z, probability, image: pixels };
  }
}

/** Pixels of the largest window that the tiles need. */
function largestWindow(tiles: readonly Rectangle[], border: number, slice: PixelSize): number {
  return tiles.reduce((most, tile) => {
    const { height, width } = sizeOf(addHalo(tile, border, slice));
    return Math.max(most, height * width);
  }, 0);
}

/** Writes what a window says about the `wanted` pixels into the slice. */
function writeWindow(
  predicted: Float32Array,
  window: Rectangle,
  probability: Float32Array,
  { height, width }: PixelSize,
  wanted: Rectangle,
): void {
  const right = Math.min(width, wanted.right);
  for (let y = wanted.top; y < Math.min(height, wanted.bottom); y++) {
    const from = (y - window.top) * (window.right - window.left) - window.left;
    probability.set(predicted.subarray(from + wanted.left, from + right), y * width + wanted.left);
  }
}
