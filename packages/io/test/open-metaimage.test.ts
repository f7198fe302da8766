import { open, realpath, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { deflateSync, gzipSync } from 'node:zlib';
import { tinyVolume } from '@lunet/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readWithItk } from '../src/itk.ts';
import { openMetaImage, readVolume, writeVolume } from '../src/node.ts';
import { headerBytes, headerText } from './metaimage-text.ts';
import { scratchFolder } from './scratch-folder.ts';

const twelve = Uint8Array.from({ length: 12 }, (_, i) => i + 1);

/** The voxel values of a header with the data that follows it, read here and, unless `itk` is false, by itk-wasm. */
async function readBoth(
  fields: Record<string, string | number>,
  data: Uint8Array,
  { itk = true, detached = false }: { itk?: boolean; detached?: boolean } = {},
): Promise<unknown[]> {
  const folder = await scratchFolder();
  const file = path.join(folder, detached ? 'a.mhd' : 'a.mha');
  if (detached) await writeFile(path.join(folder, 'a.raw'), data);
  const header = detached ? headerBytes({ ...fields, ElementDataFile: 'a.raw' }) : headerBytes(fields, data);
  await writeFile(file, header);
  const volume = await readVolume(file);
  if (itk) expect(volume).toMatchVolume(await readWithItk(file));
  return [...volume.voxels.data];
}

describe('readVolume of MetaImage, against itk-wasm', () => {
  const big = Buffer.alloc(24);
  for (let i = 0; i < 12; i++) big.writeInt16BE(i * 300 - 1000, i * 2);
  const hounsfield = Array.from({ length: 12 }, (_, i) => i * 300 - 1000);
  const short = { ElementType: 'MET_SHORT' };

  it.each(['BinaryDataByteOrderMSB', 'ElementByteOrderMSB'])('swaps bytes where %s says so', async (key) => {
    expect(await readBoth({ ...short, [key]: 'True' }, big)).toEqual(hounsfield);
  });

  it.each([
    ['zlib', deflateSync(big)],
    ['gzip', gzipSync(big)],
  ])('inflates %s, swapped, followed by other bytes', async (_, stream) => {
    const fields = {
      ...short,
      BinaryDataByteOrderMSB: 'True',
      CompressedData: 'True',
      CompressedDataSize: stream.length,
    };
    expect(await readBoth(fields, Buffer.concat([stream, Buffer.from('more')]))).toEqual(hounsfield);
  });

  it('inflates to the end of the file without CompressedDataSize', async () => {
    const fields = { CompressedData: 'True' };
    expect(await readBoth(fields, deflateSync(twelve), { detached: true })).toEqual([...twelve]);
    // itk-wasm starts at the header here, and gives zeros.
    expect(await readBoth(fields, deflateSync(twelve), { itk: false })).toEqual([...twelve]);
  });

  it('passes over what a stream inflates to after the voxels', async () => {
    const stream = deflateSync(Buffer.concat([twelve, twelve]));
    const fields = { CompressedData: 'True', CompressedDataSize: stream.length };
    expect(await readBoth(fields, stream)).toEqual([...twelve]);
  });

  it('passes over bytes after the voxels', async () => {
    expect(await readBoth({}, Buffer.concat([twelve, twelve]))).toEqual([...twelve]);
  });

  it('skips HeaderSize bytes, or takes the end of the file', async () => {
    const padded = Buffer.concat([Buffer.from('padding'), twelve]);
    expect(await readBoth({ HeaderSize: 7 }, padded, { detached: true })).toEqual([...twelve]);
    expect(await readBoth({ HeaderSize: -1 }, padded, { detached: true })).toEqual([...twelve]);
    expect(await readBoth({ HeaderSize: -1 }, padded)).toEqual([...twelve]);
  });

  it('reads channels fastest', async () => {
    const fields = { DimSize: '2 2 1', ElementNumberOfChannels: 3 };
    expect(await readBoth(fields, twelve)).toEqual([...twelve]);
    const folder = await scratchFolder();
    await writeFile(path.join(folder, 'a.mha'), headerBytes(fields, twelve));
    const file = await openMetaImage(path.join(folder, 'a.mha'));
    const { voxels } = await file.readBox({ start: [1, 0, 0], size: [1, 2, 1] });
    await file.close();
    expect(file.channels).toBe(3);
    expect(voxels.shape).toEqual([1, 2, 1, 3]);
    expect([...voxels.data]).toEqual([4, 5, 6, 10, 11, 12]);
  });

  it('reads two axes as one slice', async () => {
    const folder = await scratchFolder();
    await writeFile(path.join(folder, 'a.mha'), headerBytes({ NDims: 2, DimSize: '4 3' }, twelve));
    expect((await readVolume(path.join(folder, 'a.mha'))).voxels.shape).toEqual([1, 3, 4]);
  });

  it('reads voxels after a header longer than the first block read', async () => {
    expect(await readBoth({ Comment: 'x'.repeat(10_000) }, twelve, { itk: false })).toEqual([...twelve]);
  });
});

describe('MetaImageFile', () => {
  const volume = tinyVolume([7, 6, 5], undefined, { spacing: [0.5, 0.75, 2.5], origin: [10, 20, -30] });

  it.each(['a.mha', 'a.mhd'])('reads a slab of %s with its own geometry', async (name) => {
    for (const compress of [false, true]) {
      const file = path.join(await scratchFolder(), name);
      await writeVolume(file, volume, { compress });
      const metaImage = await openMetaImage(file);
      const slab = await metaImage.readSlab(2, 2);
      await metaImage.close();
      expect(slab).toMatchVolume(
        tinyVolume([7, 6, 2], (x, y, z) => 100 * (z + 2) + 10 * y + x, {
          spacing: [0.5, 0.75, 2.5],
          origin: [10, 20, -25],
        }),
      );
    }
  });

  it('reads any box, compressed or not, as cut from the whole', async () => {
    const folder = await scratchFolder();
    for (const compress of [false, true]) {
      await writeVolume(path.join(folder, `${compress}.mhd`), volume, { compress });
    }
    const files = await Promise.all(
      ['true.mhd', 'false.mhd'].map((name) => openMetaImage(path.join(folder, name))),
    );
    const span = (size: number) =>
      fc
        .tuple(fc.nat(size - 1), fc.nat(size - 1))
        .map(([a, b]) => [Math.min(a, b), Math.abs(a - b) + 1] as const);
    await fc.assert(
      fc.asyncProperty(span(7), span(6), span(5), async (x, y, z) => {
        const box = { start: [x[0], y[0], z[0]], size: [x[1], y[1], z[1]] } as const;
        const expected = tinyVolume(box.size, (i, j, k) => 100 * (z[0] + k) + 10 * (y[0] + j) + x[0] + i);
        for (const file of files) {
          const { voxels } = await file.readBox(box);
          expect(voxels.shape).toEqual(expected.voxels.shape);
          expect(voxels.data).toEqual(expected.voxels.data);
        }
      }),
      { numRuns: 50 },
    );
    await Promise.all(files.map((file) => file.close()));
  });

  it('reads rows wider than a page one by one', async () => {
    const wide = tinyVolume([5000, 3, 2], (x, y, z) => x + y + z);
    const file = path.join(await scratchFolder(), 'wide.mhd');
    await writeVolume(file, wide);
    const metaImage = await openMetaImage(file);
    const { voxels } = await metaImage.readBox({ start: [4000, 1, 0], size: [2, 2, 2] });
    await metaImage.close();
    expect([...voxels.data]).toEqual([4001, 4002, 4002, 4003, 4002, 4003, 4003, 4004]);
  });

  it('reads one slice of a 10 GB file without reading the rest', async () => {
    const folder = await scratchFolder();
    const header = headerText({
      DimSize: '1024 1024 5000',
      ElementType: 'MET_SHORT',
      ElementDataFile: 'a.raw',
    });
    await writeFile(path.join(folder, 'a.mhd'), header);
    await writeFile(path.join(folder, 'a.raw'), '');
    // A hole: the file takes no room on disk.
    await truncate(path.join(folder, 'a.raw'), 1024 * 1024 * 5000 * 2);
    const file = await openMetaImage(path.join(folder, 'a.mhd'));
    expect(file.dataPath).toBe(await realpath(path.join(folder, 'a.raw')));
    const started = performance.now();
    const slab = await file.readSlab(4321, 1);
    expect(performance.now() - started).toBeLessThan(2000);
    await file.close();
    expect(slab.voxels.shape).toEqual([1, 1024, 1024]);
  });

  it('inflates no further than the last slice asked for', async () => {
    const folder = await scratchFolder();
    const size = 1 << 22;
    const noise = Buffer.from(
      Uint32Array.from({ length: size / 4 }, (_, i) => Math.imul(i, 2654435761)).buffer,
    );
    const stream = deflateSync(noise);
    stream.fill(0xff, stream.length >> 1);
    const fields = {
      DimSize: `64 64 ${size / 4096}`,
      CompressedData: 'True',
      CompressedDataSize: stream.length,
    };
    await writeFile(path.join(folder, 'a.mha'), headerBytes(fields, stream));
    const file = await openMetaImage(path.join(folder, 'a.mha'));
    const slab = await file.readSlab(1, 2);
    expect(Buffer.compare(slab.voxels.data as Uint8Array, noise.subarray(4096, 3 * 4096))).toBe(0);
    await expect(file.readVolume()).rejects.toThrow(/its voxels do not inflate/);
    await file.close();
  });

  it('goes on inflating where the last read ended', async () => {
    const name = path.join(await scratchFolder(), 'a.mhd');
    const noise = tinyVolume(
      [128, 128, 64],
      (x, y, z) => Math.imul(x + 128 * (y + 128 * z), 2654435761) >> 20,
    );
    await writeVolume(name, noise, { compress: true });
    await using file = await openMetaImage(name);
    const slab = async (start: number, count: number) => (await file.readSlab(start, count)).voxels.data;
    const expected = (start: number, count: number) =>
      noise.voxels.data.subarray(start * 128 * 128, (start + count) * 128 * 128);
    expect(await slab(1, 30)).toEqual(expected(1, 30));
    // From here on nothing that begins at the start can succeed.
    const data = await open(name.replace('.mhd', '.zraw'), 'r+');
    await data.write(Buffer.alloc(1000, 0xff), 0, 1000, 0);
    await data.close();
    expect(await slab(31, 1)).toEqual(expected(31, 1));
    expect(await slab(40, 10)).toEqual(expected(40, 10));
    await expect(slab(49, 1)).rejects.toThrow(/its voxels do not inflate/);
    await expect(slab(50, 1)).rejects.toThrow(/its voxels do not inflate/);
  });

  it('reads slabs of a compressed volume at once, in any order', async () => {
    const name = path.join(await scratchFolder(), 'a.mhd');
    await writeVolume(name, volume, { compress: true });
    await using file = await openMetaImage(name);
    const slabs = await Promise.all([3, 0, 4, 1, 2, 0].map((z) => file.readSlab(z, 1)));
    expect(slabs.map(({ voxels }) => voxels.get(0, 0, 0))).toEqual([300, 0, 400, 100, 200, 0]);
  });

  it('refuses a slab outside the volume, and reads nothing once closed', async () => {
    const file = path.join(await scratchFolder(), 'a.mhd');
    await writeVolume(file, volume);
    const metaImage = await openMetaImage(file);
    await expect(metaImage.readSlab(4, 2)).rejects.toThrow(
      'Cannot take box: 7x6x2 voxels from 0,0,4 are not in a volume of 7x6x5',
    );
    await metaImage[Symbol.asyncDispose]();
    await expect(metaImage.readSlab(0, 1)).rejects.toThrow();
  });

  it.each([false, true])('stops when it is aborted (compressed: %s)', async (compress) => {
    const file = path.join(await scratchFolder(), 'a.mhd');
    await writeVolume(file, tinyVolume([256, 256, 64]), { compress });
    const metaImage = await openMetaImage(file);
    const controller = new AbortController();
    const reading = metaImage.readVolume({ signal: controller.signal });
    controller.abort();
    await expect(reading).rejects.toThrow('aborted');
    await metaImage.close();
  });
});
