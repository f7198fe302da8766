import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toVoxels } from '@lunet/io';
import { type Luna16Scan, openLuna16, readVolume } from '@lunet/io/node';
import { writePhantomDataset } from '@lunet/phantom/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evaluateBaseline } from '../evaluate/evaluate-baseline.ts';
import type { ScanOptions } from '../evaluate/evaluate-luna16-options.ts';
import { KeptBaselineLungs } from '../evaluate/kept-baseline-lungs.ts';
import { loadScan } from '../scans/luna16-scans.ts';
import { ProgressLine } from '../terminal/progress-line.ts';

let root: string;
let scan: Luna16Scan;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'lunet-baseline-'));
  await writePhantomDataset(join(root, 'data'), { scans: 1, seed: 5, slices: 12, size: 128 });
  [scan] = (await openLuna16(join(root, 'data'))).scans as [Luna16Scan];
}, 30_000);
afterAll(() => rm(root, { recursive: true }));

async function newFolder(name: string): Promise<string> {
  await mkdir(join(root, name));
  return join(root, name);
}

const load = () => loadScan(scan);
const notAgain = () => Promise.reject(new Error('asked for the voxels again'));

describe('the baseline', () => {
  it("merges and ranks its candidates by the model's rule", async () => {
    const folder = await newFolder('ranked');
    const context = {
      folder,
      lungs: new KeptBaselineLungs(folder, 1),
      line: new ProgressLine(),
      signal: new AbortController().signal,
    };
    const candidatesOf = async (rank: ScanOptions['rank'], mergeWithinMm: number) =>
      (await evaluateBaseline([scan], { rank, mergeWithinMm }, context))!.measurements[0]!.candidates;
    const round = await candidatesOf('round', 0);
    const mean = await candidatesOf('mean', 0);
    expect(round).toHaveLength(mean.length);
    expect(round.length).toBeGreaterThan(1);
    expect(round[0]!.probability).toBeLessThan(mean[0]!.probability);
    expect(await candidatesOf('mean', 1000)).toHaveLength(1);
    expect((await evaluateBaseline([scan], { rank: 'mean', mergeWithinMm: 0 }, context))!.lungs).toEqual({
      data: 1,
      own: 0,
      none: 0,
    });
  });

  it('takes the lungs that the model looked in where the data have none, and keeps them', async () => {
    const maskless: Luna16Scan = { ...scan, lungMaskPath: undefined };
    const { volume, truth } = await load();
    const data = new Uint8Array(volume.voxels.data.length).fill(1, 0, 5000);
    const lung = { geometry: volume.geometry, voxels: toVoxels(data, volume.voxels.shape) };
    const store = new KeptBaselineLungs(await newFolder('looked'), 1);
    const lungs = await store.lungsOf(maskless, async () => ({ volume, truth, looked: { in: 'own', lung } }));
    const sum = [...lungs.histograms.nodule, ...lungs.histograms.other].reduce((a, b) => a + b);
    expect([lungs.from, sum]).toEqual(['own', 5000]);
    expect(await store.lungsOf(maskless, notAgain)).toEqual(lungs);
    expect((await store.readMask(maskless, lungs, volume)).voxels.data).toEqual(data);
  });

  it.each([
    ['no MetaImage', 'nonsense', /Cannot read .*mask\.mhd/],
    ['outside the data', undefined, /lies outside the header's folder/],
  ])('falls back to lungs of our own where the mask is %s, and says why', async (name, text, message) => {
    const folder = await newFolder(name);
    const lungMaskPath = join(folder, 'mask.mhd');
    const [x, y, z] = scan.geometry.size;
    const header = `NDims = 3\nDimSize = ${x} ${y} ${z}\nElementType = MET_UCHAR\nElementDataFile = ../mask.raw\n`;
    await writeFile(lungMaskPath, text ?? header);
    const broken: Luna16Scan = { ...scan, lungMaskPath };
    const store = new KeptBaselineLungs(folder, 1);
    const lungs = await store.lungsOf(broken, load);
    expect(lungs).toMatchObject({ from: 'own', note: expect.stringMatching(message) });
    expect(await store.lungsOf(broken, notAgain)).toEqual(lungs);

    await writeFile(lungMaskPath, `${header.replace('../mask.raw', 'mask.raw')}`);
    const { voxels } = await readVolume(scan.lungMaskPath!);
    await writeFile(join(folder, 'mask.raw'), Uint8Array.from(voxels.data, Number));
    const mended = await store.lungsOf(broken, load);
    expect(mended, 'its grid is another').toMatchObject({
      from: 'own',
      note: expect.stringMatching(/spacing/),
    });
  });
});
