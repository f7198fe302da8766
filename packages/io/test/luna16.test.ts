import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { tinyVolume } from '@lunet/testing';
import { describe, expect, it } from 'vitest';
import { formatAnnotations, formatCandidates, type Nodule, parseAnnotations } from '../src/index.ts';
import { openLuna16, openMetaImage, splitByFold, splitByStride, writeVolume } from '../src/node.ts';
import { headerText } from './metaimage-text.ts';
import { scratchFolder } from './scratch-folder.ts';
import { hasSharedData, sharedData, unlessShared } from './shared-data.ts';

/** Writes scans of 10×10×10 mm whose corner is world 0 and whose file is `folder/seriesUid.mhd`. */
async function writeScans(root: string, files: readonly string[]): Promise<void> {
  for (const file of files) {
    await mkdir(path.join(root, path.dirname(file)), { recursive: true });
    await writeVolume(path.join(root, `${file}.mhd`), tinyVolume([10, 10, 10]));
  }
}

const nodule = (seriesUid: string, z: number, diameterMm = 6): Nodule => ({
  seriesUid,
  centerWorld: [5, 5, z],
  diameterMm,
});

describe('openLuna16', () => {
  it('reads a partial download: scans sorted by UID with their fold and rows', async () => {
    const root = await scratchFolder();
    await writeScans(root, ['subset3/1.20', 'subset0/1.3', 'subset0/1.1', 'seg-lungs-LUNA16/1.3']);
    await mkdir(path.join(root, 'subset9'));
    await writeFile(
      path.join(root, 'annotations.csv'),
      formatAnnotations([nodule('1.3', 4), nodule('9.9', 1), nodule('1.20', 7), nodule('1.3', 8)]),
    );
    await writeFile(
      path.join(root, 'annotations_excluded.csv'),
      formatAnnotations([nodule('1.1', 2, -1), nodule('9.8', 1)]),
    );
    await writeFile(
      path.join(root, 'candidates_V2.csv'),
      formatCandidates([
        { seriesUid: '1.20', centerWorld: [1, 2, 3], isNodule: false },
        { seriesUid: '9.9', centerWorld: [1, 2, 3], isNodule: true },
        { seriesUid: '9.9', centerWorld: [3, 2, 1], isNodule: false },
      ]),
    );
    const progress: string[] = [];
    const luna16 = await openLuna16(root, { onProgress: (done, total) => progress.push(`${done}/${total}`) });
    expect(luna16.scans.map(({ seriesUid, fold }) => [seriesUid, fold])).toEqual([
      ['1.1', 0],
      ['1.20', 3],
      ['1.3', 0],
    ]);
    const [first, second, third] = luna16.scans;
    expect(first).toMatchObject({
      nodules: [],
      excluded: [nodule('1.1', 2, -1)],
      candidates: [],
      lungMaskPath: undefined,
    });
    expect(second?.nodules).toEqual([nodule('1.20', 7)]);
    expect(second?.candidates).toEqual([{ seriesUid: '1.20', centerWorld: [1, 2, 3], isNodule: false }]);
    expect(third?.nodules).toEqual([nodule('1.3', 4), nodule('1.3', 8)]);
    expect(third?.lungMaskPath).toBe(path.join(root, 'seg-lungs-LUNA16', '1.3.mhd'));
    expect(third?.geometry.size).toEqual([10, 10, 10]);
    expect(luna16.skipped).toEqual({ annotations: 1, excluded: 1, candidates: 2 });
    expect(luna16.problems).toEqual([]);
    expect(progress).toEqual(['1/3', '2/3', '3/3']);
  });

  it('finds the CSV files where the archives unpack them', async () => {
    const root = await scratchFolder();
    await writeScans(root, ['subset0/1.1']);
    await mkdir(path.join(root, 'CSVFILES'));
    await mkdir(path.join(root, 'evaluationScript', 'annotations'), { recursive: true });
    await writeFile(path.join(root, 'CSVFILES', 'annotations.csv'), formatAnnotations([nodule('1.1', 4)]));
    await writeFile(
      path.join(root, 'evaluationScript', 'annotations', 'annotations_excluded.csv'),
      formatAnnotations([nodule('1.1', 2, -1)]),
    );
    const { scans } = await openLuna16(root);
    expect(scans[0]?.nodules).toHaveLength(1);
    expect(scans[0]?.excluded).toHaveLength(1);
  });

  it('leaves the older candidates.csv alone', async () => {
    const root = await scratchFolder();
    await writeScans(root, ['1.1']);
    const row = { seriesUid: '1.1', centerWorld: [1, 2, 3], isNodule: false } as const;
    await writeFile(path.join(root, 'candidates.csv'), formatCandidates([row]));
    expect((await openLuna16(root)).scans[0]?.candidates).toEqual([]);
  });

  it('reports what it leaves out: repeated rows and those outside their scan', async () => {
    const root = await scratchFolder();
    await writeScans(root, ['1.1']);
    const rows = [
      nodule('1.1', 4),
      nodule('1.1', 4),
      nodule('1.1', 9.5),
      nodule('1.1', 9.49),
      nodule('1.1', -0.51),
    ];
    await writeFile(path.join(root, 'annotations.csv'), formatAnnotations(rows));
    const { scans, problems } = await openLuna16(root);
    expect(scans[0]?.fold).toBeUndefined();
    expect(scans[0]?.nodules.map(({ centerWorld }) => centerWorld[2])).toEqual([4, 9.49]);
    expect(scans[0]?.outside.map(({ centerWorld }) => centerWorld[2])).toEqual([9.5, -0.51]);
    expect(problems.map(({ kind, count }) => [kind, count])).toEqual([
      ['outside-volume', 2],
      ['duplicate', 1],
    ]);
    expect(problems[0]?.message).toBe(
      `2 of 4 rows of ${path.join(root, 'annotations.csv')} for scan 1.1 lie outside its 10x10x10 voxels: [5, 5, 9.5] mm is index [5.0, 5.0, 9.5]`,
    );
  });

  it('reports scans in two folders, without data, too short, and not readable', async () => {
    const root = await scratchFolder();
    await writeScans(root, ['subset0/1.1', 'subset1/1.1', 'subset1/1.2', 'subset1/1.3', 'subset1/1.4']);
    await writeFile(path.join(root, 'subset1/1.2.mhd'), headerText({ ElementDataFile: 'nowhere.raw' }));
    await writeFile(path.join(root, 'subset1/1.3.raw'), 'short');
    await writeFile(path.join(root, 'subset1/1.4.mhd'), 'nonsense');
    await writeFile(path.join(root, 'subset1/._1.1.mhd'), 'a resource fork');
    const rows = [nodule('1.3', 4), nodule('1.3', 4), nodule('1.3', 5), nodule('9', 4)];
    await writeFile(path.join(root, 'annotations.csv'), formatAnnotations(rows));
    const { scans, problems } = await openLuna16(root);
    expect(scans.map(({ seriesUid, fold }) => [seriesUid, fold])).toEqual([['1.1', 0]]);
    expect(problems.map(({ kind, seriesUid }) => [kind, seriesUid])).toEqual([
      ['duplicate', '1.1'],
      ['missing-data', '1.2'],
      ['unreadable', '1.3'],
      ['unreadable', '1.4'],
    ]);
    expect(problems.map(({ nodules }) => nodules)).toEqual([undefined, 0, 2, 0]);
    expect(problems.map(({ fold }) => fold)).toEqual([1, 1, 1, 1]);
    expect(problems[2]?.message).toMatch(/DimSize 10x10x10 of MET_SHORT is 2000 bytes, the file has 5/);
  });

  it('follows linked subsets; a data file linked alone needs allowExternalData', async () => {
    const store = await scratchFolder();
    const root = await scratchFolder();
    await writeScans(store, ['disk/1.1', 'disk/1.2']);
    await symlink(path.join(store, 'disk'), path.join(root, 'subset0'));
    await mkdir(path.join(root, 'subset1'));
    await writeFile(path.join(root, 'subset1/1.5.mhd'), headerText({ ElementDataFile: '1.5.raw' }));
    await symlink(path.join(store, 'disk/1.2.raw'), path.join(root, 'subset1/1.5.raw'));
    const strict = await openLuna16(root);
    expect(strict.scans.map(({ seriesUid }) => seriesUid)).toEqual(['1.1', '1.2']);
    expect(strict.problems.map(({ kind, seriesUid }) => [kind, seriesUid])).toEqual([['unreadable', '1.5']]);
    const { scans } = await openLuna16(root, { allowExternalData: true });
    expect(scans).toHaveLength(3);
    const file = await openMetaImage(scans[2]!.path, scans[2]);
    await file.close();
    expect(file.geometry.size).toEqual([3, 2, 2]);
  });

  it('opens 888 scans in seconds, with few files open at a time', async () => {
    const root = await scratchFolder();
    for (let fold = 0; fold < 10; fold++) await mkdir(path.join(root, `subset${fold}`));
    await Promise.all(
      Array.from({ length: 888 }, async (_, i) => {
        const stem = path.join(root, `subset${i % 10}`, `1.3.6.1.${1000 + i}`);
        await writeFile(`${stem}.mhd`, headerText({ ElementDataFile: `${path.basename(stem)}.raw` }));
        await writeFile(`${stem}.raw`, Buffer.alloc(12));
      }),
    );
    const started = performance.now();
    const { scans, problems } = await openLuna16(root);
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(problems).toEqual([]);
    expect(scans).toHaveLength(888);
  });

  it('refuses a folder without scans, a malformed CSV file and an aborted signal', async () => {
    const root = await scratchFolder();
    await expect(openLuna16(root)).rejects.toThrow(`Cannot open ${root} as LUNA16: no .mhd file in it`);
    await writeScans(root, ['1.1']);
    await expect(openLuna16(root, { signal: AbortSignal.abort() })).rejects.toThrow('aborted');
    await writeFile(path.join(root, 'annotations.csv'), 'nonsense');
    await expect(openLuna16(root)).rejects.toThrow(/annotations\.csv: no column seriesuid/);
  });
});

describe('splitByStride', () => {
  it('holds out every second of the sorted scans, as in the documentation', () => {
    const scans = [{ seriesUid: 'b' }, { seriesUid: 'a' }, { seriesUid: 'c' }];
    expect(splitByStride(scans, 2)).toEqual({
      training: [{ seriesUid: 'b' }],
      validation: [{ seriesUid: 'a' }, { seriesUid: 'c' }],
    });
  });

  it('refuses a stride or an offset that leaves nothing', () => {
    expect(() => splitByStride([], 1)).toThrow(RangeError);
    expect(() => splitByStride([], 10, 10)).toThrow(RangeError);
  });
});

describe('splitByFold', () => {
  it('holds out one fold, as in the documentation', () => {
    const scans = [{ fold: 0 }, { fold: 1 }, { fold: 0 }];
    expect(splitByFold(scans, 1).training).toHaveLength(2);
    expect(splitByFold(scans, 1).validation).toEqual([{ fold: 1 }]);
    expect(splitByFold([{ fold: undefined }, { fold: 2 }], 2).training).toEqual([{ fold: undefined }]);
  });

  it('refuses a fold that is not there', () => {
    expect(() => splitByFold([{ fold: 0 }, { fold: 4 }], 1)).toThrow(
      'Cannot hold out fold 1: no scan is of it, there are folds 0, 4',
    );
  });
});

describe.skipIf(!hasSharedData)(`openLuna16 on shared/data${unlessShared}`, () => {
  it('reports the genuine headers without their .raw as missing data', async () => {
    const { scans, problems } = await openLuna16(path.join(sharedData, 'luna16-headers'));
    expect(scans).toEqual([]);
    expect(problems.map(({ kind }) => kind)).toEqual(['missing-data', 'missing-data']);
    expect(problems[0]?.message).toMatch(/its data file "1\.3\.6\..*\.raw" is not there/);
  });

  it('opens the excerpts beside the real CSV files: one nodule lies in the first, none in the second', async () => {
    const root = await scratchFolder();
    await symlink(path.join(sharedData, 'lidc-0001-slab'), path.join(root, 'subset0'));
    await symlink(path.join(sharedData, 'lidc-0002-slab'), path.join(root, 'subset1'));
    for (const name of ['annotations.csv', 'annotations_excluded.csv']) {
      await symlink(path.join(sharedData, 'luna16-csv', name), path.join(root, name));
    }
    const { scans, skipped, problems } = await openLuna16(root);
    expect(scans.map(({ fold }) => fold)).toEqual([0, 1]);
    expect(scans[0]?.nodules).toEqual([
      {
        seriesUid: '1.3.6.1.4.1.14519.5.2.1.6279.6001.179049373636438705059720603192',
        centerWorld: [56.20840547, 86.34341278, -115.8675792],
        diameterMm: 23.35064438,
      },
    ]);
    expect(scans[1]?.nodules).toEqual([]);
    const rowsOf = (file: string) =>
      problems.filter((p) => p.file.endsWith(file)).reduce((n, p) => n + p.count, 0);
    expect(skipped.annotations + 1 + rowsOf('annotations.csv')).toBe(1186);
    const kept = scans.reduce((n, scan) => n + scan.excluded.length, 0);
    expect(skipped.excluded + kept + rowsOf('annotations_excluded.csv')).toBe(35192);
  });

  it('splits the 888 scans like the reference: 89 with 154 nodules are held out', async () => {
    const folder = path.join(sharedData, 'luna16-csv');
    const uids = (await readFile(path.join(folder, 'seriesuids.csv'), 'utf8')).trim().split(/\s+/);
    const { validation } = splitByStride(uids.map((seriesUid) => ({ seriesUid })));
    expect(validation).toHaveLength(89);
    const heldOut = new Set(validation.map(({ seriesUid }) => seriesUid));
    const nodules = parseAnnotations(
      await readFile(path.join(folder, 'annotations_with_malignancy.csv'), 'utf8'),
    );
    expect(nodules.filter(({ seriesUid }) => heldOut.has(seriesUid))).toHaveLength(154);
  });
});
