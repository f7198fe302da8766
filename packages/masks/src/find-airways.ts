import { type BlockGrid, blocksOf } from './block-grid.ts';
import { findRegions } from './find-regions.ts';

/** Gas, not lung: the lumen of trachea and bronchi, and bowel; even emphysema has a mean above. */
const gasLimit = -930;

/** Beyond trachea and main bronchi together in any adult: what is larger is a lung, or a bulla in it. */
const largestMilliliters = 100;

const smallestMilliliters = 0.3;

/** How far beyond its rim a region's surroundings are looked at: past the wall of an airway. */
const probeMm = 5;

/** Share of the surroundings that is tissue around trachea and main bronchi; around a bulla most is lung. */
const tissueShare = 0.5;

/**
 * Marks trachea, main bronchi and other gas amid tissue, with the rim where lumen and wall share a block.
 *
 * @param air Blocks that may be lung, not 0; gas is looked for among them.
 */
export function findAirways(
  air: Uint8Array,
  means: Int16Array,
  grid: BlockGrid,
  threshold: number,
): Uint8Array {
  const gas = new Uint8Array(air.length);
  for (let i = 0; i < air.length; i++) if (air[i] !== 0 && means[i]! < gasLimit) gas[i] = 1;
  const airways = new Uint8Array(air.length);
  for (const region of findRegions(gas, grid.size, blocksOf(grid, smallestMilliliters))) {
    if (region.length > blocksOf(grid, largestMilliliters)) continue;
    if (shareOfTissue(region, gas, means, grid, threshold) < tissueShare) continue;
    for (const i of region) markAround(airways, air, i, grid);
  }
  return airways;
}

function shareOfTissue(
  region: Int32Array,
  gas: Uint8Array,
  means: Int16Array,
  { size, spacing }: BlockGrid,
  threshold: number,
): number {
  const strides = [1, size[0], size[0] * size[1]];
  let seen = 0;
  let tissue = 0;
  for (const i of region) {
    const at = [i % size[0], Math.floor(i / size[0]) % size[1], Math.floor(i / (size[0] * size[1]))];
    // In the plane alone: along its course a tube shows its own lumen.
    for (const axis of [0, 1]) {
      for (const side of [-1, 1]) {
        const steps = side * Math.max(1, Math.round(probeMm / spacing[axis]!));
        if (at[axis]! + steps < 0 || at[axis]! + steps >= size[axis]!) continue;
        if (gas[i + side * strides[axis]!] === 1) continue;
        seen++;
        if (means[i + steps * strides[axis]!]! >= threshold) tissue++;
      }
    }
  }
  return seen === 0 ? 0 : tissue / seen;
}

/** Marks a block and its 8 neighbours in the slice, where they are air. */
function markAround(airways: Uint8Array, air: Uint8Array, i: number, { size }: BlockGrid): void {
  const x = i % size[0];
  const y = Math.floor(i / size[0]) % size[1];
  for (let dy = y > 0 ? -1 : 0; dy <= 1 && y + dy < size[1]; dy++) {
    for (let dx = x > 0 ? -1 : 0; dx <= 1 && x + dx < size[0]; dx++) {
      const neighbor = i + dy * size[0] + dx;
      if (air[neighbor] !== 0) airways[neighbor] = 1;
    }
  }
}
