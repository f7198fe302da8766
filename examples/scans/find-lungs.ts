import type { Geometry, Volume } from '@lunet/io';
import { readVolume } from '@lunet/io/node';
import { lungOf, segmentLungs } from '@lunet/masks';

/** Lungs are some 15 % of a chest CT's voxels; where next to none are found, the segmentation has failed. */
const smallestShare = 0.01;

/** How far a mask's grid may be off its scan's, in mm (of directions: in each number): what printing a header costs. */
const tolerances = { spacing: 1e-4, origin: 1e-2, direction: 1e-4 } as const;

/**
 * Finds the lungs of a CT: by a segmentation of our own, or in a mask that came with it.
 *
 * @returns nothing where there is next to no lung to be found: then nodules are looked for everywhere.
 * @throws {Error} if the mask is asked for and absent, or its grid is another.
 */
export async function findLungs(
  volume: Volume<Int16Array>,
  from: 'own' | 'data' | 'none',
  maskPath?: string,
): Promise<Volume<Uint8Array> | undefined> {
  if (from === 'none') return undefined;
  const lungs = from === 'own' ? segmentLungs(volume) : await readLungs(volume.geometry, maskPath);
  return shareOf(lungs) >= smallestShare ? lungs : undefined;
}

/**
 * Reads the lung mask that came with a scan.
 *
 * @throws {Error} if there is none, or its grid is not the scan's.
 */
export async function readLungs(
  geometry: Geometry,
  maskPath: string | undefined,
): Promise<Volume<Uint8Array>> {
  if (maskPath === undefined) {
    throw new Error('Cannot find lungs: the scan has no mask in seg-lungs-LUNA16; use --lungs own');
  }
  const mask = await readVolume(maskPath);
  checkGrid(mask, geometry, maskPath);
  return lungOf(mask);
}

function checkGrid(mask: Volume, geometry: Geometry, maskPath: string): void {
  const [shape, expected] = [mask.voxels.shape, geometry.size.toReversed()].map((sizes) => sizes.join('x'));
  if (shape !== expected) throw new TypeError(`Cannot use ${maskPath}: it is ${shape}, its scan ${expected}`);
  for (const key of ['spacing', 'origin', 'direction'] as const) {
    const [given, wanted] = [mask.geometry[key], geometry[key]];
    if (given.every((value, i) => Math.abs(value - wanted[i]!) <= tolerances[key])) continue;
    throw new RangeError(
      `Cannot use ${maskPath}: its ${key} is ${given.join(', ')}, its scan's ${wanted.join(', ')}`,
    );
  }
}

function shareOf({ voxels: { data } }: Volume<Uint8Array>): number {
  let inside = 0;
  for (let voxel = 0; voxel < data.length; voxel++) if (data[voxel] !== 0) inside++;
  return inside / data.length;
}
