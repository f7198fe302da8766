import type { Volume } from '@lunet/io';
import { readVolume } from '@lunet/io/node';
import { lungOf, segmentLungs } from '@lunet/masks';

/** Lungs are some 15 % of a chest CT's voxels; where next to none are found, the segmentation has failed. */
const smallestShare = 0.01;

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
  if (from === 'own') {
    const lungs = segmentLungs(volume);
    return shareOf(lungs) >= smallestShare ? lungs : undefined;
  }
  if (maskPath === undefined) {
    throw new Error('Cannot find lungs: the scan has no mask in seg-lungs-LUNA16; use --lungs own');
  }
  const mask = lungOf(await readVolume(maskPath));
  const [shape, expected] = [mask, volume].map(({ voxels }) => voxels.shape.join('x'));
  if (shape !== expected) throw new TypeError(`Cannot use ${maskPath}: it is ${shape}, its scan ${expected}`);
  return mask;
}

function shareOf({ voxels: { data } }: Volume<Uint8Array>): number {
  let inside = 0;
  for (let voxel = 0; voxel < data.length; voxel++) if (data[voxel] !== 0) inside++;
  return inside / data.length;
}
