import { type BlockGrid, blocksOf } from './block-grid.ts';
import type { EnclosedAir } from './enclosed-air.ts';
import { findRegions } from './find-regions.ts';

/** The smallest piece of lung that is kept: in ml, and as a share of the largest region. */
const smallestMilliliters = 1;
const smallestShare = 0.01;

/** At how many of its four sides lung sees body, on the mean, even where it is cut short; air beside the back at fewer. */
const leastBodies = 1.8;

/** No lung, however emphysematous, is half made of air this thin. */
const airMedian = -980;

/** Regions below this share of the largest have to look like lung without doubt. */
const doubtfulShare = 0.25;

/** Pockets of air beside the skin see less body, or room; bowel gas, with its rim, is thinner. */
const sureBodies = 2.5;
const sureRooms = 0.5;
const sureMedian = -950;

/** Keeps the regions of enclosed air that are lung: the largest ones, and pieces that a slab may have cut off. */
export function selectLungs(
  air: Uint8Array,
  { bodies, rooms }: EnclosedAir,
  means: Int16Array,
  grid: BlockGrid,
): Uint8Array {
  const regions = findRegions(air, grid.size, blocksOf(grid, smallestMilliliters)).filter(
    (region) => meanOf(region, bodies) >= leastBodies && medianOf(region, means) >= airMedian,
  );
  const largest = regions.reduce((most, { length }) => Math.max(most, length), 0);
  const isSure = (region: Int32Array): boolean =>
    meanOf(region, bodies) >= sureBodies &&
    meanOf(region, rooms) <= sureRooms &&
    medianOf(region, means) >= sureMedian;
  const lungs = new Uint8Array(air.length);
  for (const region of regions) {
    if (region.length < smallestShare * largest) continue;
    if (region.length < doubtfulShare * largest && !isSure(region)) continue;
    for (const i of region) lungs[i] = 1;
  }
  return lungs;
}

function meanOf(region: Int32Array, values: Uint8Array): number {
  return region.reduce((sum, i) => sum + values[i]!, 0) / region.length;
}

function medianOf(region: Int32Array, means: Int16Array): number {
  const hu = Int16Array.from(region, (i) => means[i]!).sort();
  return hu[hu.length >> 1]!;
}
