import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { deflateSync, gzipSync } from 'node:zlib';
import '@lunet/testing';
import { describe, expect, it } from 'vitest';
import { decodeMetaImage } from '../src/index.ts';
import { readVolume } from '../src/node.ts';
import { headerBytes } from './metaimage-text.ts';
import { hasSharedData, sharedData, unlessShared } from './shared-data.ts';

const twelve = Uint8Array.from({ length: 12 }, (_, i) => i + 1);

describe('decodeMetaImage', () => {
  it('takes header and data apart, as in the documentation', async () => {
    const text = 'NDims = 3\nDimSize = 2 1 1\nElementType = MET_UCHAR\nElementDataFile = tiny.raw\n';
    const volume = await decodeMetaImage(new TextEncoder().encode(text), new Uint8Array([7, 9]));
    expect(volume.voxels.get(0, 0, 1)).toBe(9);
  });

  it.each([
    ['zlib', deflateSync],
    ['gzip', gzipSync],
  ])('inflates %s, and no more than is declared', async (_, deflate) => {
    const stream = deflate(Buffer.concat([twelve, Buffer.alloc(1 << 24)]));
    const volume = await decodeMetaImage(headerBytes({ CompressedData: 'True' }, stream));
    expect([...volume.voxels.data]).toEqual([...twelve]);
  });

  it.each([
    [
      {},
      twelve.subarray(1),
      RangeError,
      /^Cannot read a.mha: DimSize 3x2x2 of MET_UCHAR is 12 bytes, the file has 11$/,
    ],
    [
      { CompressedData: 'True' },
      deflateSync(twelve.subarray(6)),
      RangeError,
      /inflate to 6 bytes, .* declares 12/,
    ],
    [{ CompressedData: 'True' }, Buffer.from('no stream'), SyntaxError, /do not inflate after byte 0 of 12/],
  ] as const)('refuses %j with too little behind it', async (fields, data, type, message) => {
    const decoding = decodeMetaImage(headerBytes(fields, data), undefined, { name: 'a.mha' });
    await expect(decoding).rejects.toThrow(type);
    await expect(decoding).rejects.toThrow(message);
  });

  it('asks for the bytes of a data file', async () => {
    await expect(decodeMetaImage(headerBytes({ ElementDataFile: 'a.raw' }))).rejects.toThrow(
      "Cannot read MetaImage: its voxels are in a.raw, pass that file's bytes",
    );
  });
});

describe.skipIf(!hasSharedData)(`decodeMetaImage of shared/data/metaimage-edge${unlessShared}`, () => {
  it('gives what readVolume gives, for every .mha with its voxels in it', async () => {
    const folder = path.join(sharedData, 'metaimage-edge');
    const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.mha'));
    let compared = 0;
    for (const name of names) {
      const file = path.join(folder, name);
      const expected = await readVolume(file).catch(() => undefined);
      const bytes = await readFile(file);
      if (!expected || !bytes.includes('ElementDataFile = LOCAL')) continue;
      expect(await decodeMetaImage(bytes)).toMatchVolume(expected);
      compared++;
    }
    expect(compared).toBeGreaterThan(15);
  });
});
