import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Geometry, identityDirection, toVoxels, type Volume } from '@lunet/io';
import { writeVolume } from '@lunet/io/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findLungs } from '../scans/find-lungs.ts';

const geometry: Geometry = {
  size: [4, 3, 2],
  spacing: [0.7, 0.7, 2.5],
  origin: [-100.25, 80.5, -300],
  direction: identityDirection,
};
const volume: Volume<Int16Array> = { geometry, voxels: toVoxels(new Int16Array(24), [2, 3, 4]) };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lunet-lungs-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Writes a mask of LUNA16's label of the left lung in its first half, on a grid that differs. */
async function writeMask(name: string, other: Partial<Geometry>, label = 3): Promise<string> {
  const path = join(folder, `${name}.mha`);
  const data = new Uint8Array(24).fill(label, 0, 12);
  await writeVolume(path, { geometry: { ...geometry, ...other }, voxels: toVoxels(data, [2, 3, 4]) });
  return path;
}

describe("lungs of the data's mask", () => {
  it('are taken on the grid of the scan, as near as its header prints it', async () => {
    const mask = await findLungs(
      volume,
      'data',
      await writeMask('near', { origin: [-100.2503, 80.5, -300] }),
    );
    expect(mask!.voxels.data).toEqual(new Uint8Array(24).fill(1, 0, 12));
  });

  it.each<[keyof Geometry, Partial<Geometry>]>([
    ['spacing', { spacing: [0.7, 0.701, 2.5] }],
    ['origin', { origin: [-100.25, 80.5, -297.5] }],
    ['direction', { direction: [-1, 0, 0, 0, -1, 0, 0, 0, 1] }],
  ])('are refused on a grid of another %s', async (key, other) => {
    const path = await writeMask(key, other);
    const message = `Cannot use ${path}: its ${key} is ${other[key]!.join(', ')}, its scan's ${geometry[key].join(', ')}`;
    await expect(findLungs(volume, 'data', path)).rejects.toThrow(message);
  });

  it('are nothing where the mask is empty', async () => {
    expect(await findLungs(volume, 'data', await writeMask('empty', {}, 0))).toBeUndefined();
  });
});
