import type { PixelSize, Rectangle } from './rectangle.ts';

/**
 * Splits a slice into tiles, row by row, each beginning at a multiple of `divisor`; the last of a row or column may be
 * smaller.
 *
 * @param slice both sides multiples of `divisor`.
 * @param tile any number of pixels; rounded up to a multiple of `divisor`.
 */
export function tileSlice(slice: PixelSize, tile: PixelSize, divisor: number): Rectangle[] {
  const stepY = roundUp(tile.height, divisor);
  const stepX = roundUp(tile.width, divisor);
  const tiles: Rectangle[] = [];
  for (let top = 0; top < slice.height; top += stepY) {
    for (let left = 0; left < slice.width; left += stepX) {
      const bottom = Math.min(slice.height, top + stepY);
      tiles.push({ top, left, bottom, right: Math.min(slice.width, left + stepX) });
    }
  }
  return tiles;
}

/** The next larger rectangle whose borders are multiples of `divisor`: there the model's pooling has its grid. */
export function alignRectangle({ top, left, bottom, right }: Rectangle, divisor: number): Rectangle {
  return {
    top: top - (top % divisor),
    left: left - (left % divisor),
    bottom: roundUp(bottom, divisor),
    right: roundUp(right, divisor),
  };
}

/**
 * What the model has to see to predict a rectangle as it would in the whole slice: the rectangle and a halo around it.
 *
 * The halo ends at the slice's border, so that the model's zero padding sets in where it does for the whole slice.
 */
export function addHalo(
  { top, left, bottom, right }: Rectangle,
  halo: number,
  { height, width }: PixelSize,
): Rectangle {
  return {
    top: Math.max(0, top - halo),
    left: Math.max(0, left - halo),
    bottom: Math.min(height, bottom + halo),
    right: Math.min(width, right + halo),
  };
}

/** The multiple of `divisor` at or above a whole number. */
export function roundUp(value: number, divisor: number): number {
  return Math.ceil(value / divisor) * divisor;
}
