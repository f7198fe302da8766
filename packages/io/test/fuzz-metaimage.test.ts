import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeMetaImage, parseMetaImageHeader, type Volume } from '../src/index.ts';
import { openMetaImage } from '../src/node.ts';
import { headerBytes, headerText } from './metaimage-text.ts';
import { mutated } from './mutations.ts';
import { scratchFolder } from './scratch-folder.ts';

const seed = 20261123;
const voxels = Uint8Array.from({ length: 120 }, (_, i) => (i * i) % 251);
const zlib = deflateSync(voxels);
const short = { DimSize: '5 4 3', ElementType: 'MET_SHORT' };

const files = [
  headerBytes(short, voxels),
  headerBytes(
    { ...short, HeaderSize: -1, BinaryDataByteOrderMSB: 'True', ElementSpacing: '0.7 0.7 1' },
    voxels,
  ),
  headerBytes({ ...short, CompressedData: 'True', CompressedDataSize: zlib.length }, zlib),
  headerBytes({ ...short, CompressedData: 'True', TransformMatrix: '1 0 0 0 1 0 0 0 1' }, gzipSync(voxels)),
  headerBytes({ DimSize: '5 4 2', ElementNumberOfChannels: 3, Offset: '-1.5 2e3 7' }, voxels),
  headerBytes({ NDims: 2, DimSize: '6 5', ElementType: 'MET_FLOAT' }, voxels),
];

/** Values that declare too much, too little, or something else. */
const hostileValue = fc.oneof(
  fc.constantFrom(
    ...['', '0', '-1', '1', '2', '3 ', 'NaN', 'Infinity', '-0', '1e308 1e308 1e308', '0x10 1 1', '1,2,3'],
    ...['65536 65536 65536', '100000 100000 1000', '4294967296 2 2', '9007199254740993 1 1', '1 1 1e9'],
    ...['MET_DOUBLE', 'MET_LONG_LONG', 'met_char', 'MET_NONE', 'True', 'False', 'maybe', 'constructor'],
    ...['LOCAL', 'LIST', 'a%03d.raw 1 9 1', '../a.raw', '/dev/zero', 'a.raw', '.', 'a\0b', 'x'.repeat(5000)],
  ),
  fc.array(fc.oneof(fc.integer(), fc.double()), { maxLength: 9 }).map((numbers) => numbers.join(' ')),
  fc.string({ maxLength: 12 }),
);
const hostileFields = fc.dictionary(
  fc.constantFrom(
    ...['NDims', 'DimSize', 'ElementType', 'ElementNumberOfChannels', 'CompressedData', 'CompressedDataSize'],
    ...[
      'HeaderSize',
      'ElementSpacing',
      'TransformMatrix',
      'Offset',
      'BinaryData',
      'ElementDataFile',
      '__proto__',
    ],
  ),
  hostileValue,
  { maxKeys: 2 },
);
const hostileFile = fc.oneof(
  mutated(files),
  fc
    .tuple(hostileFields, fc.constantFrom(voxels, zlib, voxels.subarray(0, 0)))
    .map(([fields, data]) => headerBytes({ ...short, ...fields }, data)),
  fc.uint8Array({ maxLength: 300 }),
);

interface Outcome {
  readonly volume?: Volume;
  readonly error?: Error;
}

/** Runs a reader; what it throws must be a refusal of ours, and what it takes no more than a file of 6 KB can declare. */
async function attempt(read: () => Promise<Volume>): Promise<Outcome> {
  const before = process.memoryUsage().arrayBuffers;
  let outcome: Outcome;
  try {
    outcome = { volume: await read() };
  } catch (error) {
    expect(error).toBeInstanceOf(Error);
    outcome = { error: error as Error };
  }
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1 << 24);
  const { volume, error } = outcome;
  if (volume) {
    const { data, shape } = volume.voxels;
    expect(data.length).toBe(shape.reduce((product, count) => product * count, 1));
    expect(data.byteLength).toBeLessThan(1032 * 6000);
  } else expect(error!.message).toMatch(/^Cannot (read|open) /);
  return outcome;
}

describe('hostile MetaImages', () => {
  it('have a header that is parsed, or refused as a SyntaxError', () => {
    let parsed = 0;
    fc.assert(
      fc.property(hostileFile, (bytes) => {
        try {
          const { geometry, channels } = parseMetaImageHeader(bytes, 'a.mha');
          for (const value of [...geometry.size, channels])
            expect(Number.isSafeInteger(value) && value > 0).toBe(true);
          for (const value of [...geometry.spacing, ...geometry.origin, ...geometry.direction])
            expect(value).toSatisfy(Number.isFinite);
          parsed++;
        } catch (error) {
          expect(error).toBeInstanceOf(SyntaxError);
          expect((error as Error).message).toMatch(/^Cannot read a\.mha: /);
        }
      }),
      { seed, numRuns: 2000 },
    );
    // Else the mutations would only ever try the first check.
    expect(parsed).toBeGreaterThan(200);
  });

  it('are decoded from memory and read from a file alike, or refused by both', async () => {
    const file = path.join(await scratchFolder(), 'a.mha');
    const counts = { read: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(hostileFile, async (bytes) => {
        await writeFile(file, bytes);
        const decoded = await attempt(() => decodeMetaImage(bytes, undefined, { name: file }));
        const read = await attempt(async () => {
          await using metaImage = await openMetaImage(file);
          return await metaImage.readVolume();
        });
        if (decoded.error) expect(['SyntaxError', 'RangeError', 'TypeError']).toContain(decoded.error.name);
        // A data file of its own can only be read beside the header.
        if (decoded.error instanceof TypeError) return;
        expect(read.volume?.geometry).toEqual(decoded.volume?.geometry);
        expect(read.volume?.voxels.data).toEqual(decoded.volume?.voxels.data);
        expect(read.error?.name).toBe(decoded.error?.name);
        counts[read.volume ? 'read' : 'refused']++;
      }),
      { seed, numRuns: 600 },
    );
    expect(counts.read).toBeGreaterThan(50);
    expect(counts.refused).toBeGreaterThan(50);
  });

  it('with a data file beside them are read no further than that, slab by slab', async () => {
    const folder = await scratchFolder();
    const file = path.join(folder, 'a.mhd');
    let slabs = 0;
    const data = fc.oneof(
      fc.constant({ bytes: voxels, compressed: false }),
      fc.constant({ bytes: zlib, compressed: true }),
      fc.record({ bytes: mutated([voxels, zlib]), compressed: fc.boolean() }),
    );
    await fc.assert(
      fc.asyncProperty(hostileFields, data, fc.nat(3), async (fields, { bytes, compressed }, start) => {
        const base = { ...short, CompressedData: compressed ? 'True' : 'False', ElementDataFile: 'a.raw' };
        await writeFile(file, headerText({ ...base, ...fields }));
        await writeFile(path.join(folder, 'a.raw'), bytes);
        const { volume } = await attempt(async () => {
          await using metaImage = await openMetaImage(file);
          return await metaImage.readSlab(Math.min(start, metaImage.geometry.size[2] - 1), 1);
        });
        if (volume) slabs++;
      }),
      { seed, numRuns: 600 },
    );
    expect(slabs).toBeGreaterThan(50);
  });
});
