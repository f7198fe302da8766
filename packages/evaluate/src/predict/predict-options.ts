import type { Volume } from '@lunet/io';
import type { PixelSize } from './rectangle.ts';

/** How each slice is run through the model; only `flips` and `lung` change what comes out. */
export interface PredictOptions {
  /**
   * Runs tiles of this many pixels (rounded up to what the model's pooling divides) with a halo around each instead of
   * whole slices: less memory, the same probabilities.
   */
  readonly tile?: number | PixelSize | undefined;
  /** Averages over the image as it is, its rows reversed, its columns, and both: four times the work. */
  readonly flips?: boolean | undefined;
  /**
   * Mask on the scan's grid, such as `segmentLungs` of `@lunet/masks` makes or LUNA16 has: away from the lung
   * probabilities are 0, and slices and tiles there are not run.
   */
  readonly lung?: Volume<Uint8Array> | undefined;
  /** How far outside the lung, in mm, nodules are looked for; default {@link defaultLungMarginMm}. */
  readonly lungMarginMm?: number | undefined;
  /** Stops it between two runs of the model, a few tenths of a second at most. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Lung masks leave out nodules that grow from the chest wall; 5 mm beside the lung hold the whole of the smallest
 * quarter of LUNA16's nodules and the inner half of three quarters of them (10 mm across) in the worst case, that they
 * only touch the mask.
 */
export const defaultLungMarginMm = 5;

/** The size of the tiles: what was asked for, or the whole slice. */
export function tileSizeOf(tile: PredictOptions['tile'], whole: PixelSize): PixelSize {
  const size = typeof tile === 'number' ? { height: tile, width: tile } : (tile ?? whole);
  if (![size.height, size.width].every((side) => Number.isInteger(side) && side > 0)) {
    throw new RangeError(
      `Cannot predict in tiles of ${size.height}x${size.width} pixels: give whole numbers from 1`,
    );
  }
  return size;
}
