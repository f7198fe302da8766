import { mkdir, symlink, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openMetaImage, readVolume } from '../src/node.ts';
import { headerBytes, headerText } from './metaimage-text.ts';
import { scratchFolder } from './scratch-folder.ts';

const voxels = Uint8Array.from({ length: 12 }, (_, i) => i);

/** Two folders side by side: `scans` for headers, `elsewhere` with a data file. */
async function twoFolders(): Promise<{ scans: string; elsewhere: string }> {
  const root = await scratchFolder();
  const [scans, elsewhere] = [path.join(root, 'scans'), path.join(root, 'elsewhere')];
  await mkdir(scans);
  await mkdir(elsewhere);
  await writeFile(path.join(elsewhere, 'a.raw'), voxels);
  return { scans, elsewhere };
}

async function expectRefusedUnlessAllowed(file: string): Promise<void> {
  await expect(openMetaImage(file)).rejects.toThrow(RangeError);
  await expect(openMetaImage(file)).rejects.toThrow(/outside the header's folder.*pass allowExternalData/);
  const volume = await readVolume(file, { allowExternalData: true });
  expect([...volume.voxels.data]).toEqual([...voxels]);
}

describe('a data file outside the header’s folder', () => {
  it('is refused by an absolute path, unless allowed', async () => {
    const { scans, elsewhere } = await twoFolders();
    await writeFile(
      path.join(scans, 'a.mhd'),
      headerText({ ElementDataFile: path.join(elsewhere, 'a.raw') }),
    );
    await expectRefusedUnlessAllowed(path.join(scans, 'a.mhd'));
  });

  it('is refused by .., unless allowed', async () => {
    const { scans } = await twoFolders();
    await writeFile(path.join(scans, 'a.mhd'), headerText({ ElementDataFile: '../elsewhere/a.raw' }));
    await expectRefusedUnlessAllowed(path.join(scans, 'a.mhd'));
  });

  it('is refused through a link of its own, or of its folder, unless allowed', async () => {
    const { scans, elsewhere } = await twoFolders();
    await writeFile(path.join(scans, 'a.mhd'), headerText({ ElementDataFile: 'a.raw' }));
    await symlink(path.join(elsewhere, 'a.raw'), path.join(scans, 'a.raw'));
    await expectRefusedUnlessAllowed(path.join(scans, 'a.mhd'));
    await symlink(elsewhere, path.join(scans, 'sub'));
    await writeFile(path.join(scans, 'b.mhd'), headerText({ ElementDataFile: 'sub/a.raw' }));
    await expectRefusedUnlessAllowed(path.join(scans, 'b.mhd'));
  });

  it('names where a link leads', async () => {
    const { scans, elsewhere } = await twoFolders();
    await writeFile(path.join(scans, 'a.mhd'), headerText({ ElementDataFile: 'a.raw' }));
    await symlink(path.join(elsewhere, 'a.raw'), path.join(scans, 'a.raw'));
    await expect(openMetaImage(path.join(scans, 'a.mhd'))).rejects.toThrow(/it links to .*elsewhere/);
  });
});

describe('a link that keeps header and data together', () => {
  it('is followed: a linked folder', async () => {
    const { scans, elsewhere } = await twoFolders();
    await writeFile(path.join(elsewhere, 'a.mhd'), headerText({ ElementDataFile: 'a.raw' }));
    await symlink(elsewhere, path.join(scans, 'subset0'));
    expect([...(await readVolume(path.join(scans, 'subset0', 'a.mhd'))).voxels.data]).toEqual([...voxels]);
  });

  it('is followed: a header linked alone, or together with its data', async () => {
    const { scans, elsewhere } = await twoFolders();
    await writeFile(path.join(elsewhere, 'a.mhd'), headerText({ ElementDataFile: 'a.raw' }));
    await symlink(path.join(elsewhere, 'a.mhd'), path.join(scans, 'a.mhd'));
    expect([...(await readVolume(path.join(scans, 'a.mhd'))).voxels.data]).toEqual([...voxels]);
    await symlink(path.join(elsewhere, 'a.raw'), path.join(scans, 'a.raw'));
    expect([...(await readVolume(path.join(scans, 'a.mhd'))).voxels.data]).toEqual([...voxels]);
  });

  it('is not needed: a folder below the header’s, or a name that begins with dots', async () => {
    const { scans } = await twoFolders();
    await mkdir(path.join(scans, 'sub'));
    await writeFile(path.join(scans, 'sub', 'a.raw'), voxels);
    await writeFile(path.join(scans, 'a.mhd'), headerText({ ElementDataFile: 'sub/a.raw' }));
    expect((await readVolume(path.join(scans, 'a.mhd'))).voxels.data).toHaveLength(12);
    await writeFile(path.join(scans, '..raw'), voxels);
    await writeFile(path.join(scans, 'b.mhd'), headerText({ ElementDataFile: '..raw' }));
    expect((await readVolume(path.join(scans, 'b.mhd'))).voxels.data).toHaveLength(12);
  });
});

describe('a header that declares more than there is', () => {
  const huge = { DimSize: '100000 100000 1000', ElementType: 'MET_DOUBLE' };

  it.each([
    ['raw', huge, voxels, /is 80000000000000 bytes, the file has 12$/],
    ['one byte short', {}, voxels.subarray(1), /DimSize 3x2x2 of MET_UCHAR is 12 bytes, the file has 11$/],
    [
      'from the end of the file',
      { HeaderSize: -1, DimSize: '300 2 2' },
      voxels,
      /is 1200 bytes, the file has/,
    ],
    ['after HeaderSize', { HeaderSize: 100_000 }, voxels, /is 12 bytes, the file has 0$/],
    [
      'compressed',
      { ...huge, CompressedData: 'True' },
      deflateSync(voxels),
      /is 80000000000000 bytes, its 20 compressed bytes inflate to 20640 at most$/,
    ],
    [
      'a stream longer than the file',
      { CompressedData: 'True', CompressedDataSize: 99 },
      deflateSync(voxels),
      /CompressedDataSize is 99, the file has 20 bytes$/,
    ],
  ] as const)('is refused when it is opened: %s', async (_, fields, data, message) => {
    const file = path.join(await scratchFolder(), 'a.mha');
    await writeFile(file, headerBytes(fields, data));
    const before = process.memoryUsage().arrayBuffers;
    await expect(openMetaImage(file)).rejects.toThrow(RangeError);
    await expect(openMetaImage(file)).rejects.toThrow(message);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1 << 20);
  });

  it('is refused when its stream ends early, or is none', async () => {
    const file = path.join(await scratchFolder(), 'a.mha');
    const early = deflateSync(voxels.subarray(0, 6));
    await writeFile(file, headerBytes({ CompressedData: 'True', CompressedDataSize: early.length }, early));
    await expect(readVolume(file)).rejects.toThrow(/its voxels inflate to 6 bytes, 12 are needed/);
    await writeFile(file, headerBytes({ CompressedData: 'True' }, Buffer.from('no zlib stream at all')));
    await expect(readVolume(file)).rejects.toThrow(SyntaxError);
    await expect(readVolume(file)).rejects.toThrow(/its voxels do not inflate/);
    const cut = deflateSync(Buffer.from(Uint8Array.from({ length: 4000 }, (_, i) => (i * i) >> 3)));
    const fields = { DimSize: '40 10 10', CompressedData: 'True' };
    await writeFile(file, headerBytes(fields, cut.subarray(0, cut.length >> 1)));
    await expect(readVolume(file)).rejects.toThrow(/its voxels do not inflate/);
  });

  it('is refused when the file is cut after it was opened', async () => {
    const folder = await scratchFolder();
    await writeFile(path.join(folder, 'a.mhd'), headerText({ ElementDataFile: 'a.raw' }));
    await writeFile(path.join(folder, 'a.raw'), voxels);
    const file = await openMetaImage(path.join(folder, 'a.mhd'));
    await truncate(path.join(folder, 'a.raw'), 6);
    await expect(file.readVolume()).rejects.toThrow(/it ends at byte 6, 6 short/);
    await file.close();
  });

  it('is refused by where it was cut, wherever it was being read', async () => {
    const folder = await scratchFolder();
    await writeFile(
      path.join(folder, 'a.mhd'),
      headerText({ DimSize: '1024 1024 9', ElementDataFile: 'a.raw' }),
    );
    await writeFile(path.join(folder, 'a.raw'), new Uint8Array(9 << 20));
    const file = await openMetaImage(path.join(folder, 'a.mhd'));
    await truncate(path.join(folder, 'a.raw'), 3_000_000);
    await expect(file.readVolume()).rejects.toThrow(/it ends at byte 3000000, 6437184 short/);
    await file.close();
  });
});

describe('a stream that inflates a thousandfold', () => {
  it('costs no more than the declared size', async () => {
    const file = path.join(await scratchFolder(), 'bomb.mha');
    const bomb = deflateSync(Buffer.alloc(1 << 28));
    await writeFile(file, headerBytes({ CompressedData: 'True', CompressedDataSize: bomb.length }, bomb));
    const before = process.memoryUsage().arrayBuffers;
    const volume = await readVolume(file);
    expect(volume.voxels.data).toEqual(new Uint8Array(12));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1 << 25);
  });
});

describe('what is no file', () => {
  it('is refused with its name: a folder, a device, nothing', async () => {
    const folder = await scratchFolder();
    await mkdir(path.join(folder, 'a.mhd'));
    await expect(openMetaImage(path.join(folder, 'a.mhd'))).rejects.toThrow(/a\.mhd: not a regular file/);
    await expect(openMetaImage(path.join(folder, 'b.mhd'))).rejects.toThrow(/Cannot open .*b\.mhd: ENOENT/);
    await writeFile(path.join(folder, 'c.mhd'), headerText({ ElementDataFile: '/dev/zero' }));
    await expect(openMetaImage(path.join(folder, 'c.mhd'), { allowExternalData: true })).rejects.toThrow(
      'Cannot open /dev/zero: not a regular file',
    );
    await writeFile(path.join(folder, 'd.mhd'), headerText({ ElementDataFile: 'd.raw' }));
    await expect(openMetaImage(path.join(folder, 'd.mhd'))).rejects.toThrow(
      /its data file "d.raw" is not there/,
    );
  });

  it('is refused by its extension', async () => {
    const file = path.join(await scratchFolder(), 'a.txt');
    await writeFile(file, 'hello');
    await expect(readVolume(file)).rejects.toThrow(/Cannot read .*a\.txt: expected .mha, .mhd, .nrrd, .nii/);
  });
});
