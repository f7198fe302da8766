import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { tinyVolume } from '@lunet/testing';
import { describe, expect, it, vi } from 'vitest';
import { toVoxels, type Volume } from '../src/index.ts';
import { readVolume, writeVolume } from '../src/node.ts';
import { encodeDicomSlice } from './encode-dicom.ts';
import { scratchFolder } from './scratch-folder.ts';
import { hasSharedData, sharedData, unlessShared } from './shared-data.ts';

const depth = 6;

/** Six slices of 4×3 whose stored values make the HU −1000, −999, … with an intercept of −1024. */
function ct(direction: number[] = [1, 0, 0, 0, 1, 0, 0, 0, 1]): Volume<Int16Array> {
  const geometry = { size: [4, 3, depth], spacing: [0.7, 0.8, 2.5], origin: [-10, -20, -100], direction };
  const data = Int16Array.from({ length: 12 * depth }, (_, i) => i - 1000);
  return { geometry: geometry as unknown as Volume['geometry'], voxels: toVoxels(data, [depth, 3, 4]) };
}

/** File names in another order than the slices'. */
const names = ['f', 'a', 'd', 'b', 'e', 'c'];

async function writeSeries(
  folder: string,
  volume: Volume<Int16Array>,
  seriesUid = '1.2.3',
  rescale = {},
): Promise<void> {
  for (let z = 0; z < depth; z++) {
    const file = path.join(folder, `${names[z]}-${seriesUid}.dcm`);
    await writeFile(file, encodeDicomSlice(volume, z, { seriesUid, ...rescale }));
  }
}

describe('readVolume of a DICOM folder', () => {
  it.each([
    ['axial', [1, 0, 0, 0, 1, 0, 0, 0, 1]],
    ['flipped in x and y', [-1, 0, 0, 0, -1, 0, 0, 0, 1]],
    ['sagittal', [0, 0, -1, 1, 0, 0, 0, -1, 0]],
    ['oblique', [0.8, -0.6, 0, 0.6, 0.8, 0, 0, 0, 1]],
  ])('gives int16 HU sorted by position: %s', async (_, direction) => {
    const folder = await scratchFolder();
    await writeSeries(folder, ct(direction));
    expect(await readVolume(folder)).toMatchVolume(ct(direction), { geometry: 1e-6 });
  });

  it('passes over what is no DICOM image', async () => {
    const folder = await scratchFolder();
    await writeSeries(folder, ct());
    await writeFile(path.join(folder, 'README.txt'), 'hello');
    await mkdir(path.join(folder, 'more'));
    expect(await readVolume(folder)).toMatchVolume(ct(), { geometry: 1e-6 });
    await expect(readVolume(path.join(folder, 'more'))).rejects.toThrow(/no DICOM image in it/);
  });

  it('keeps values that int16 cannot hold as itk-wasm gives them', async () => {
    const folder = await scratchFolder();
    await writeSeries(folder, ct(), '1.2.3', { intercept: -1000.25 });
    const { voxels } = await readVolume(folder);
    expect(voxels.data).toBeInstanceOf(Float64Array);
    expect(voxels.get(0, 0, 1)).toBe(-999.25);
  });

  it('asks which of two series', async () => {
    const folder = await scratchFolder();
    await writeSeries(folder, ct(), '1.2.3');
    await writeSeries(folder, ct([-1, 0, 0, 0, -1, 0, 0, 0, 1]), '1.2.4');
    await expect(readVolume(folder)).rejects.toThrow(/2 series in it, pass seriesUid: 1\.2\.3 or 1\.2\.4/);
    const volume = await readVolume(folder, { seriesUid: '1.2.4' });
    expect(volume.geometry.direction[0]).toBe(-1);
    await expect(readVolume(folder, { seriesUid: '1.2.5' })).rejects.toThrow(/no series 1\.2\.5, but series/);
  });

  it('refuses a series with a slice missing, which ITK would stretch', async () => {
    const folder = await scratchFolder();
    await writeSeries(folder, ct());
    await rm(path.join(folder, 'b-1.2.3.dcm'));
    await expect(readVolume(folder)).rejects.toThrow(
      /d-1.2.3.dcm and .*e-1.2.3.dcm are 5.000 mm apart, most are 2.500/,
    );
  });

  it('refuses doubled slices and gantry tilt', async () => {
    const folder = await scratchFolder();
    await writeSeries(folder, ct());
    await copyFile(path.join(folder, 'a-1.2.3.dcm'), path.join(folder, 'z.dcm'));
    await expect(readVolume(folder)).rejects.toThrow(/are 0.000 mm apart.*missing or doubled/);
    const tilted = await scratchFolder();
    await writeSeries(tilted, ct([1, 0, 0, 0, 1, 0.2, 0, 0, 1]));
    await expect(readVolume(tilted)).rejects.toThrow(
      /shifted by 2.5 mm against their normal \(gantry tilt\)/,
    );
  });
});

describe('readVolume through itk-wasm', () => {
  it('names the file where itk-wasm fails', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    vi.spyOn(console, 'log').mockImplementation(() => {});
    const file = path.join(await scratchFolder(), 'a.nrrd');
    await writeFile(file, 'NRRD0004\nnonsense\n\n');
    await expect(readVolume(file)).rejects.toThrow(`Cannot read ${file}: itk-wasm fails`);
    vi.restoreAllMocks();
  });

  it('refuses a NRRD whose voxels are in another file', async () => {
    const file = path.join(await scratchFolder(), 'a.nrrd');
    await writeFile(file, 'NRRD0004\ntype: short\ndimension: 3\nsizes: 2 2 2\ndata file: /etc/passwd\n\n');
    await expect(readVolume(file)).rejects.toThrow(
      /its voxels are in "\/etc\/passwd", expected them in the file/,
    );
  });

  it('reads a.nii.gz for itself where a.nii lies beside it', async () => {
    const folder = await scratchFolder();
    await writeVolume(
      path.join(folder, 'a.nii'),
      tinyVolume([2, 2, 2], () => 1),
    );
    await writeVolume(
      path.join(folder, 'a.nii.gz'),
      tinyVolume([2, 2, 2], () => 2),
    );
    expect((await readVolume(path.join(folder, 'a.nii.gz'))).voxels.get(0, 0, 0)).toBe(2);
    expect((await readVolume(path.join(folder, 'a.nii'))).voxels.get(0, 0, 0)).toBe(1);
  });
});

describe.skipIf(!hasSharedData)(`shared/data/cip-lung64${unlessShared}`, () => {
  it('is a chest of 64×64×79 whose lungs lie where its lung mask says', async () => {
    const scan = await readVolume(path.join(sharedData, 'cip-lung64', 'ct-64.nrrd'));
    const mask = await readVolume(path.join(sharedData, 'cip-lung64', 'wholeLung-64.nrrd'));
    expect(scan.voxels.shape).toEqual([79, 64, 64]);
    expect(scan.voxels.data).toBeInstanceOf(Int16Array);
    expect(mask.geometry).toEqual(scan.geometry);
    let [sum, count] = [0, 0];
    for (let i = 0; i < mask.voxels.data.length; i++) {
      if (!mask.voxels.data[i]) continue;
      sum += Number(scan.voxels.data[i]);
      count++;
    }
    expect(count).toBeGreaterThan(1000);
    expect(sum / count).toBeGreaterThan(-950);
    expect(sum / count).toBeLessThan(-650);
  });
});
