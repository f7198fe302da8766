import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { worldToIndex } from '@lunet/io';
import { openLuna16, openMetaImage } from '@lunet/io/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PhantomDatasetOptions, type PhantomProgress, writePhantomDataset } from '../src/node.ts';

const settings: PhantomDatasetOptions = {
  scans: 3,
  seed: 11,
  slices: 14,
  size: 128,
  spacing: 0.8,
  sliceSpacing: 2.5,
  meanNodules: 4,
};

let root: string;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'lunet-phantom-'));
  await writePhantomDataset(path.join(root, 'first'), settings);
});
afterAll(() => rm(root, { recursive: true }));

/** Path → SHA-256 of every file. */
async function digest(folder: string): Promise<Record<string, string>> {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  );
  const entries = files.map(async ({ parentPath, name }) => {
    const file = path.join(parentPath, name);
    return [
      path.relative(folder, file),
      createHash('sha256')
        .update(await readFile(file))
        .digest('hex'),
    ] as const;
  });
  return Object.fromEntries((await Promise.all(entries)).sort(([a], [b]) => (a < b ? -1 : 1)));
}

describe('writePhantomDataset', () => {
  test("is read as LUNA16's folder without a problem", async () => {
    const { scans, problems, skipped } = await openLuna16(path.join(root, 'first'));
    expect(problems).toEqual([]);
    expect(skipped).toEqual({ annotations: 0, excluded: 0, candidates: 0 });
    expect(scans.map(({ fold }) => fold).sort()).toEqual([0, 1, 2]);
    expect(scans.every(({ lungMaskPath }) => lungMaskPath !== undefined)).toBe(true);
    const nodules = scans.flatMap((scan) => scan.nodules.map((nodule) => ({ scan, nodule })));
    expect(nodules.length).toBeGreaterThan(3);
    for (const { scan, nodule } of nodules) {
      const [x, y, z] = worldToIndex(scan.geometry, nodule.centerWorld).map(Math.round) as [
        number,
        number,
        number,
      ];
      await using mask = await openMetaImage(scan.lungMaskPath!);
      expect(mask.geometry).toEqual(scan.geometry);
      const slab = await mask.readSlab(z, 1);
      expect([3, 4]).toContain(slab.voxels.get(0, y, x));
    }
  });

  test('writes the same files from threads as from the main one', async () => {
    await writePhantomDataset(path.join(root, 'threads'), { ...settings, numWorkers: 2 });
    expect(await digest(path.join(root, 'threads'))).toEqual(await digest(path.join(root, 'first')));
  });

  test('keeps what is there, makes again what is damaged, removes what is not asked for', async () => {
    const folder = path.join(root, 'again');
    const { scans } = await writePhantomDataset(folder, settings);
    const headers = scans.map(({ fold, seriesUid }) =>
      path.join(folder, `subset${fold}`, `${seriesUid}.mhd`),
    );
    const before = await stat(headers[0]!);
    await rm(headers[1]!);
    await writeFile(
      path.join(folder, 'subset1', '.00000000-0000-4000-8000-000000000000.x.raw'),
      'half a scan',
    );

    const steps: PhantomProgress[] = [];
    const { made } = await writePhantomDataset(folder, {
      ...settings,
      scans: 2,
      onProgress: (step) => steps.push(step),
    });
    expect(made).toBe(1);
    expect(steps.map(({ done, total, isNew }) => [done, total, isNew])).toEqual([
      [1, 2, false],
      [2, 2, true],
    ]);
    expect((await stat(headers[0]!)).mtimeMs).toBe(before.mtimeMs);
    expect(Object.keys(await digest(folder)).filter((name) => name.includes(scans[2]!.seriesUid))).toEqual(
      [],
    );
    expect((await readdir(path.join(folder, 'subset1'))).length).toBe(2);
    expect((await openLuna16(folder)).problems).toEqual([]);
  });

  test('leaves whole scans and their annotations when it is aborted', async () => {
    const folder = path.join(root, 'aborted');
    const controller = new AbortController();
    const run = writePhantomDataset(folder, {
      ...settings,
      signal: controller.signal,
      onProgress: () => controller.abort(new Error('enough')),
    });
    await expect(run).rejects.toThrow('enough');
    const { scans, problems } = await openLuna16(folder);
    expect([scans.length, problems]).toEqual([1, []]);
    expect(scans[0]!.candidates.length).toBeGreaterThan(0);
  });

  test('leaves a folder alone that holds something else', async () => {
    const folder = await mkdtemp(path.join(root, 'other-'));
    await writeFile(path.join(folder, 'thesis.tex'), 'precious');
    await expect(writePhantomDataset(folder, settings)).rejects.toThrow(
      `Cannot write phantoms to ${folder}: it is not empty and has no phantom.json; choose another folder`,
    );
    expect(await readdir(folder)).toEqual(['thesis.tex']);
  });

  test('a damaged phantom.json is one error that names the file', async () => {
    const folder = await mkdtemp(path.join(root, 'damaged-'));
    await writeFile(path.join(folder, 'phantom.json'), '{"format":"other","scans":[]}');
    await expect(writePhantomDataset(folder, settings)).rejects.toThrow(
      `Cannot read ${path.join(folder, 'phantom.json')}: format is "other", not "lunet-phantom"`,
    );
  });
});
