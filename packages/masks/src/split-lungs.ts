import type { Size, Spacing } from '@lunet/io';
import { findRegions } from './find-regions.ts';
import { squaredDistance } from './squared-distance.ts';

/** How much is worn off, at most, until what joins the lungs is gone; they meet in sheets far thinner. */
const mostWornMm = 12;

/** The smaller lung has at least this share of the larger: less is a piece of one. */
const smallerShare = 0.15;

/**
 * Parts the lungs from each other: voxels go to the nearer of the two cores that are left when the mask is worn down.
 *
 * The pleurae between the lungs are thinner than a voxel, so their air may touch.
 *
 * @returns the lungs, as masks; the mask alone if no wear gives two, as where a slab shows a single lung.
 */
export function splitLungs(lungs: Uint8Array, size: Size, spacing: Spacing): Uint8Array[] {
  const depth = squaredDistance(lungs, size, spacing, { target: 0, limitMm: mostWornMm });
  const core = new Uint8Array(lungs.length);
  for (let worn = 0; worn < mostWornMm; worn += 2) {
    for (let i = 0; i < core.length; i++) core[i] = depth[i]! > worn * worn ? 1 : 0;
    const [first, second] = findRegions(core, size).sort((a, b) => b.length - a.length);
    if (first === undefined || second === undefined) continue;
    if (second.length < smallerShare * first.length) continue;
    const toFirst = squaredDistance(maskOf(first, core.length), size, spacing);
    const toSecond = squaredDistance(maskOf(second, core.length), size, spacing);
    return [
      lungs.map((lung, i) => (toFirst[i]! <= toSecond[i]! ? lung : 0)),
      lungs.map((lung, i) => (toFirst[i]! <= toSecond[i]! ? 0 : lung)),
    ];
  }
  return [lungs];
}

function maskOf(region: Int32Array, length: number): Uint8Array {
  const mask = new Uint8Array(length);
  for (const i of region) mask[i] = 1;
  return mask;
}
