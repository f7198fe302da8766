// Whole scans and slabs of 512×512×300, from `.raw` and `.zraw` files in the page cache: beside a plain read, itk-wasm and
// Python's zlib.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readImageNode } from '@itk-wasm/image-io';
import { findPython, measureInTurn, type Row, runPython } from '@lunet/testing/bench';
import { openMetaImage } from '../src/open-metaimage.ts';
import { readVolume } from '../src/read-volume.ts';
import type { VoxelArray } from '../src/volume.ts';
import { writeVolume } from '../src/write-volume.ts';
import { makeScan } from './make-scan.ts';

const depth = 300;
const slab = 16;

export async function rows(): Promise<Row[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'lunet-bench-'));
  try {
    const [raw, zraw] = [path.join(folder, 'raw.mhd'), path.join(folder, 'zraw.mhd')];
    const scan = makeScan([512, 512, depth]);
    await writeVolume(raw, scan);
    await writeVolume(zraw, scan, { compress: true });
    for (const file of [raw, zraw]) {
      assertEqual((await readVolume(file)).voxels.data, scan.voxels.data);
      assertEqual((await readImageNode(file)).data as Int16Array, scan.voxels.data);
    }
    return [...(await uncompressed(raw)), ...(await compressed(zraw))];
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function uncompressed(file: string): Promise<Row[]> {
  const times = await measureInTurn({
    ours: () => readVolume(file),
    itk: () => readImageNode(file),
    plain: () => readFile(file.replace('.mhd', '.raw')),
  });
  const work = `a whole .raw, 512×512×${depth}, into an int16 volume`;
  return [
    { work, ours: times.ours!, rival: times.itk, rivalName: 'itk-wasm', goal: '≥ 4x' },
    {
      work,
      ours: times.ours!,
      rival: times.plain,
      rivalName: 'plain read (readFile)',
      goal: '≥ 0.77x',
      note: 'in the page cache: bound by memory',
    },
  ];
}

async function compressed(file: string): Promise<Row[]> {
  const python = findPython(['numpy']);
  const data = file.replace('.mhd', '.zraw');
  const all = () => readVolume(file);
  const slabs = await measureInTurn({
    middle: () => readSlabs(file, (depth - slab) / 2, slab, 1),
    rising: () => readSlabs(file, 0, slab, Math.floor(depth / slab)),
    all,
  });
  const whole = await measureInTurn({
    all,
    itk: () => readImageNode(file),
    zlib:
      python === undefined
        ? undefined
        : () => runPython(python, new URL('inflate.py', import.meta.url), [data]),
  });
  const share = (depth + slab) / 2 / depth;
  const ratio = (await stat(data)).size / (512 * 512 * depth * 2);
  return [
    {
      work: `${slab} slices from the middle of a .zraw`,
      ours: slabs.middle!,
      rival: slabs.all,
      rivalName: 'inflating it all',
      goal: '≥ 1.67x',
      note: `the stream up to there is ${(100 * share).toFixed(0)} % of it: ${(1 / share).toFixed(2)}x at most; compressed to ${ratio.toFixed(2)}`,
    },
    {
      work: `all slabs of ${slab} of a .zraw, rising`,
      ours: slabs.rising!,
      rival: slabs.all,
      rivalName: 'inflating it all',
      note: 'each goes on where the last ended',
    },
    { work: 'a whole .zraw', ours: whole.all!, rival: whole.itk, rivalName: 'itk-wasm' },
    {
      work: 'a whole .zraw',
      ours: whole.all!,
      rival: whole.zlib,
      rivalName: 'NumPy and Python zlib',
      note: 'bound by inflating, in one thread',
    },
  ];
}

async function readSlabs(name: string, start: number, count: number, slabs: number): Promise<void> {
  await using file = await openMetaImage(name);
  for (let i = 0; i < slabs; i++) await file.readSlab(start + i * count, count);
}

function assertEqual(actual: VoxelArray, expected: Int16Array): void {
  const bytes = ({ buffer, byteOffset, byteLength }: VoxelArray) =>
    Buffer.from(buffer, byteOffset, byteLength);
  assert.equal(Buffer.compare(bytes(actual), bytes(expected)), 0, 'Cannot compare: other voxels were read');
}
