import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Volume } from '@lunet/io';
import { readVolume } from '@lunet/io/node';
import { describe, expect, test } from 'vitest';
import { lungOf, segmentLungs } from '../src/index.ts';
import { dice, milliliters, valueAtCenter } from './lung-phantoms.ts';

const shared = fileURLToPath(new URL('../../../../shared/data/', import.meta.url));

async function readScan(folder: string, name?: string): Promise<Volume<Int16Array>> {
  const file = name ?? readdirSync(path.join(shared, folder)).find((found) => found.endsWith('.mhd'))!;
  return (await readVolume(path.join(shared, folder, file))) as Volume<Int16Array>;
}

describe.skipIf(!existsSync(shared))(
  'segmentLungs on real scans (skipped where ../shared/data is absent)',
  () => {
    test.each([
      ['cip-lung64', 'ct-64.nrrd', 'lm-64.nrrd', 0.97],
      ['elastix-lung', '3DCT_lung.mha', '3DCT_lung_baseline_mask.mha', 0.97],
    ])('agrees with the lung mask of %s', async (folder, scan, labels, least) => {
      const truth = lungOf(await readVolume(path.join(shared, folder, labels)));
      const found = dice(segmentLungs(await readScan(folder, scan)), truth);
      console.log(`${folder}: Dice ${found.toFixed(4)}`);
      expect(found).toBeGreaterThan(least);
    });

    test.each([
      // A woman's lungs in a PET's coarse scan; the slabs' lungs on 40 and on 15 mm.
      ['acrin-flt-013', 2200, 2400],
      ['lidc-0001-slab', 880, 960],
      ['lidc-0002-slab', 240, 290],
    ])('finds a plausible volume in %s', async (folder, least, most) => {
      const found = milliliters(segmentLungs(await readScan(folder)));
      expect(found).toBeGreaterThan(least);
      expect(found).toBeLessThan(most);
    });

    test('has the nodule of 23 mm inside, which lies near the wall', async () => {
      const mask = segmentLungs(await readScan('lidc-0001-slab'));
      expect(valueAtCenter(mask, { centerWorld: [56.208, 86.343, -115.868] })).toBe(1);
    });
  },
);
