import { type BlockGrid, blocksOf } from './block-grid.ts';
import { findRegions } from './find-regions.ts';

/** The smallest piece of lung that is kept: in ml, and as a share of the largest region. */
const smallestMilliliters = 1;
const smallestShare = 0.01;

/** A small region with so low a median is gas in the bowel or beside the skin; emphysema is the end of lung. */
const gasMedian = -950;
const gasShare = 0.25;

/** Lung has body around it, at least at this many of the four sides on the mean; folds of the couch have less. */
const leastSides = 2.5;

/**
 * Keeps the regions of air that are lung: the largest ones, of pieces too those that a slab may cut off.
 *
 * @param sides What `enclosedAir` returned, with 0 in the airways.
 */
export function selectLungs(sides: Uint8Array, means: Int16Array, grid: BlockGrid): Uint8Array {
  const air = sides.map((count) => (count > 0 ? 1 : 0));
  const regions = findRegions(air, grid.size, blocksOf(grid, smallestMilliliters)).filter(
    (region) => region.reduce((sum, i) => sum + sides[i]!, 0) >= leastSides * region.length,
  );
  const largest = regions.reduce((most, { length }) => Math.max(most, length), 0);
  const lungs = new Uint8Array(sides.length);
  for (const region of regions) {
    if (region.length < smallestShare * largest) continue;
    if (region.length < gasShare * largest && medianOf(region, means) < gasMedian) continue;
    for (const i of region) lungs[i] = 1;
  }
  return lungs;
}

function medianOf(region: Int32Array, means: Int16Array): number {
  const hu = Int16Array.from(region, (i) => means[i]!).sort();
  return hu[hu.length >> 1]!;
}
