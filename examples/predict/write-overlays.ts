import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Candidate } from '@lunet/evaluate';
import type { Volume } from '@lunet/io';
import { drawOverlay, encodePng } from '@lunet/train';

/** Slices that are drawn whether something was found there or not. */
const evenlySpaced = 6;

/** How a picture is named: by its slice. */
const pictureName = /^z\d{4,}\.png$/;

/**
 * Writes slices with the mask drawn in, green, as PNG: those through the most probable candidates, and some evenly spaced
 * ones. Pictures of an earlier run go, unless none are asked for; other files in the folder stay.
 *
 * @returns how many.
 */
export async function writeOverlays(
  folder: string,
  {
    volume,
    mask,
    candidates,
  }: {
    readonly volume: Volume<Int16Array>;
    readonly mask: Volume<Uint8Array>;
    readonly candidates: readonly Candidate[];
  },
  most: number,
): Promise<number> {
  if (most === 0) return 0;
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(folder)) if (pictureName.test(name)) await rm(join(folder, name));
  const [width, height, depth] = volume.geometry.size;
  const shown = new Set(candidates.slice(0, most).map(({ centerIndex }) => Math.round(centerIndex[2])));
  for (let i = 0; i < evenlySpaced; i++) shown.add(Math.floor(((i + 0.5) * depth) / evenlySpaced));
  for (const z of shown) {
    const [from, to] = [z * width * height, (z + 1) * width * height];
    const hu = volume.voxels.data.subarray(from, to);
    const predicted = mask.voxels.data.subarray(from, to);
    const picture = drawOverlay({ width, height, hu, probability: predicted, label: predicted });
    await writeFile(join(folder, `z${String(z).padStart(4, '0')}.png`), encodePng(picture));
  }
  return shown.size;
}
