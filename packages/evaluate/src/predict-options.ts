import type { Volume } from '@lunet/io';

/** How each slice is run through the model; none of it but `flips` and `lung` changes what comes out. */
export interface PredictOptions {
  /**
   * Runs tiles of this many pixels (rounded up to what the model's pooling divides) with a halo around each instead of
   * whole slices: less memory, the same probabilities.
   */
  readonly tile?: number | { readonly height: number; readonly width: number } | undefined;
  /** Averages over the image as it is, its rows reversed, its columns, and both: four times the work. */
  readonly flips?: boolean | undefined;
  /** Mask on the scan's grid, lung being whatever is not 0: elsewhere probabilities are 0, and little of it is run. */
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

/** Checks the options that are numbers. */
export function checkPredictOptions({
  tile,
  lungMarginMm = 0,
}: Pick<PredictOptions, 'tile' | 'lungMarginMm'>): void {
  const sides = typeof tile === 'object' ? [tile.height, tile.width] : tile === undefined ? [] : [tile];
  if (!sides.every((side) => Number.isInteger(side) && side > 0)) {
    throw new RangeError(`Cannot predict in tiles of ${sides.join('x')} pixels: give whole numbers from 1`);
  }
  if (!(lungMarginMm >= 0 && Number.isFinite(lungMarginMm))) {
    throw new RangeError(`Cannot predict ${lungMarginMm} mm around the lung: give 0 mm or more`);
  }
}
