import { existsSync } from 'node:fs';
import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Volume } from '@lunet/io';
import { openLuna16, readVolume } from '@lunet/io/node';
import { rasterizeSpheres } from '@lunet/masks';
import { describe, expect, test } from 'vitest';
import { clipHounsfield, fullSlice, referenceAugmentation } from '../src/index.ts';
import { collectChunks, createLoader } from '../src/node.ts';

const data = fileURLToPath(new URL('../../../../shared/data', import.meta.url));

describe.skipIf(!existsSync(data))('on real slabs (skipped where ../shared/data is absent)', () => {
  test('a LUNA16 folder of two scans gives chunks, batches and whole slices', async () => {
    const root = await mkdtemp(path.join(tmpdir(), 'lunet-patches-'));
    for (const folder of ['lidc-0001-slab', 'lidc-0002-slab']) {
      for (const name of await readdir(path.join(data, folder))) {
        if (/\.(mhd|zraw)$/.test(name)) await copyFile(path.join(data, folder, name), path.join(root, name));
      }
    }
    await copyFile(path.join(data, 'luna16-csv', 'annotations.csv'), path.join(root, 'annotations.csv'));
    const { scans } = await openLuna16(root);
    const set = await collectChunks(scans, { seed: 1, negativesPerScan: 3, negativeSources: ['lung'] });
    expect(set.problems).toEqual([]);
    expect(set.chunks.map(({ kind }) => kind)).toEqual(['nodule', ...new Array(6).fill('negative')]);

    // The label is the sphere, whole: it fits into 96×96 and its ten slices.
    const volume = await readVolume(scans[0]!.path);
    const sphere = rasterizeSpheres(volume.geometry, scans[0]!.nodules).voxels.data;
    const chunk = set.chunks[0]!;
    expect(chunk.labelSlices).toBe(10);
    expect(sum(chunk.label)).toBe(sum(sphere));
    // A solid nodule in lung: soft tissue inside its sphere, less around it.
    const mean = (inside: number) => {
      const values = [...chunk.label.keys()].filter((i) => chunk.label[i] === inside);
      return values.reduce((total, i) => total + chunk.image[i + 3 * 96 * 96]!, 0) / values.length;
    };
    expect(mean(1)).toBeGreaterThan(-300);
    expect(mean(0)).toBeLessThan(mean(1) - 200);
    // Negatives in lung, by the simple rule on these slabs without a mask.
    for (const { image, seriesUid } of set.chunks.slice(1)) {
      expect(image[(3 * 96 + 48) * 96 + 48], `centre of a negative of ${seriesUid}`).toBeLessThan(-400);
    }

    const loader = createLoader(set, {
      batchSize: 7,
      seed: 1,
      samplesPerNodule: 20,
      augmentation: referenceAugmentation,
    });
    for await (const { images, labels, samples, size, release } of loader.epoch(0)) {
      expect(images).toHaveLength(size * 64 * 64 * 7);
      expect(images.every((value) => value >= -1000 && value <= 1000)).toBe(true);
      samples.forEach((sample, i) => {
        const label = labels.subarray(i * 4096, (i + 1) * 4096);
        expect(sum(label) > 0, `label of ${JSON.stringify(sample)}`).toBe(sample.chunk === 0);
      });
      release();
    }

    const slice = fullSlice(volume as Volume<Int16Array>, 7);
    expect(slice).toHaveLength(512 * 512 * 7);
    expect(slice[(256 * 512 + 256) * 7 + 3]).toBe(clipHounsfield(Number(volume.voxels.get(7, 256, 256))));
    await rm(root, { recursive: true });
  });
});

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
