import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { tinyVolume } from '@lunet/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatMetaImageHeader,
  identityDirection,
  indexToWorld,
  toVoxels,
  type Volume,
  type VoxelArray,
} from '../src/index.ts';
import { readWithItk } from '../src/itk.ts';
import { readVolume, writeVolume } from '../src/node.ts';
import { axisDirections, rotation } from './axis-directions.ts';
import { scratchFolder } from './scratch-folder.ts';

const arrays = [
  Int8Array,
  Uint8Array,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  BigInt64Array,
  BigUint64Array,
  Float32Array,
  Float64Array,
] as const;

const geometry = {
  size: [4, 3, 2],
  spacing: [0.703125, 0.7, 2.5],
  origin: [-166, -171.699997, -132.5],
  direction: [0.8, -0.6, 0, 0.6, 0.8, 0, 0, 0, -1],
} as const;

/** Voxels that use every byte of their type. */
function volumeOf(array: (typeof arrays)[number], channels: number): Volume {
  const length = 24 * channels;
  const bytes = Uint8Array.from({ length: length * array.BYTES_PER_ELEMENT }, (_, i) => (i * 37 + 11) % 127);
  const data = new array(bytes.buffer) as VoxelArray;
  return { geometry, voxels: toVoxels(data, channels === 1 ? [2, 3, 4] : [2, 3, 4, channels]) };
}

const kinds = arrays.flatMap((array) => [1, 3].map((channels) => [array.name, array, channels] as const));

describe.each(['mha', 'mhd'])('writeVolume of .%s', (extension) => {
  it.each(kinds)('is read bit for bit by itk-wasm and by us: %s', async (_, array, channels) => {
    const folder = await scratchFolder();
    const volume = volumeOf(array, channels);
    for (const compress of [false, true]) {
      const file = path.join(folder, `${compress}.${extension}`);
      await writeVolume(file, volume, { compress });
      expect(await readWithItk(file)).toMatchVolume(volume);
      expect(await readVolume(file)).toMatchVolume(volume);
    }
  });
});

describe.each(['nrrd', 'nii', 'nii.gz'])('writeVolume of .%s', (extension) => {
  it.each([
    ['Int16Array', Int16Array, 1],
    ['Uint8Array', Uint8Array, 1],
    ['BigInt64Array', BigInt64Array, 1],
    ['Float32Array of 3 channels', Float32Array, 3],
  ] as const)('is read back bit for bit: %s', async (_, array, channels) => {
    const file = path.join(await scratchFolder(), `a.${extension}`);
    const volume = volumeOf(array, channels);
    await writeVolume(file, volume, { compress: channels === 1 });
    // NIfTI keeps its geometry in single precision.
    expect(await readVolume(file)).toMatchVolume(volume, extension === 'nrrd' ? {} : { geometry: 1e-5 });
  });
});

describe('writeVolume', () => {
  it('keeps all 48 axis directions, for itk-wasm as for us', async () => {
    const folder = await scratchFolder();
    for (const direction of axisDirections) {
      const volume = tinyVolume([2, 2, 2], undefined, { direction: [...direction], spacing: [1, 2, 3] });
      const file = path.join(folder, 'a.mha');
      await writeVolume(file, volume);
      const theirs = await readWithItk(file);
      expect(theirs).toMatchVolume(volume);
      expect(await readVolume(file)).toMatchVolume(volume);
      expect(indexToWorld(theirs.geometry, [1, 1, 1])).toEqual(indexToWorld(volume.geometry, [1, 1, 1]));
    }
  });

  it('is undone by readVolume: any geometry, type and size', async () => {
    const folder = await scratchFolder();
    const number = fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((n) => n + 0);
    const mm = fc.double({ min: 1e-3, max: 100, noNaN: true });
    const unit = fc.double({ min: 0.1, max: 1, noNaN: true });
    const side = fc.integer({ min: 1, max: 5 });
    const volumes = fc
      .record({
        size: fc.tuple(side, side, side),
        spacing: fc.tuple(mm, mm, mm),
        origin: fc.tuple(number, number, number),
        direction: fc.tuple(unit, unit, unit, unit).map(rotation),
      })
      .chain((grid) =>
        fc
          .tuple(fc.constantFrom(...arrays), fc.uint8Array({ minLength: 1000, maxLength: 1000 }))
          .map(([array, bytes]): Volume => {
            const [x, y, z] = grid.size;
            return {
              geometry: grid,
              voxels: toVoxels(new array(bytes.slice().buffer, 0, x * y * z), [z, y, x]),
            };
          }),
      );
    await fc.assert(
      fc.asyncProperty(
        volumes,
        fc.boolean(),
        fc.constantFrom('a.mha', 'a.mhd'),
        async (volume, compress, name) => {
          const file = path.join(folder, name);
          await writeVolume(file, volume, { compress });
          expect(await readVolume(file)).toMatchVolume(volume, { geometry: 0 });
        },
      ),
      { numRuns: 50 },
    );
  });

  it('writes voxels that lie in another order in memory', async () => {
    const volume = tinyVolume([3, 2, 2]);
    const { data } = volume.voxels;
    // The same voxels with z fastest: strides are those of the shape [z, y, x].
    const transposed = new Int16Array(12);
    for (let z = 0; z < 2; z++) {
      for (let y = 0; y < 2; y++)
        for (let x = 0; x < 3; x++) transposed[x * 4 + y * 2 + z] = data[z * 6 + y * 3 + x]!;
    }
    const view = { ...toVoxels(transposed, [2, 2, 3]), stride: [1, 2, 4], offset: 0 };
    const file = path.join(await scratchFolder(), 'a.mha');
    await writeVolume(file, { geometry: volume.geometry, voxels: view as unknown as Volume['voxels'] });
    expect(await readVolume(file)).toMatchVolume(volume);
  });

  it('leaves one file, or a header and its data, and no temporary one', async () => {
    const folder = await scratchFolder();
    await writeVolume(path.join(folder, 'a.mha'), tinyVolume([2, 2, 2]));
    await writeVolume(path.join(folder, 'b.mhd'), tinyVolume([2, 2, 2]));
    await writeVolume(path.join(folder, 'c.MHD'), tinyVolume([2, 2, 2]), { compress: true });
    await writeVolume(path.join(folder, 'd.nrrd'), tinyVolume([2, 2, 2]));
    expect((await readdir(folder)).sort()).toEqual(['a.mha', 'b.mhd', 'b.raw', 'c.MHD', 'c.zraw', 'd.nrrd']);
  });

  it('leaves the old file whole where it fails', async () => {
    const folder = await scratchFolder();
    const file = path.join(folder, 'a.mha');
    await writeFile(file, 'old');
    const { geometry, voxels } = tinyVolume([2, 2, 2]);
    const wrong = { geometry: { ...geometry, size: [2, 2, 3] as const }, voxels };
    await expect(writeVolume(file, wrong)).rejects.toThrow(
      'Cannot write volume: voxels of shape 2x2x2 (z y x) do not fit size 2x2x3 (x y z)',
    );
    await mkdir(path.join(folder, 'b.mha'));
    await expect(writeVolume(path.join(folder, 'b.mha'), tinyVolume([2, 2, 2]))).rejects.toThrow(
      /Cannot write .*b\.mha/,
    );
    expect(await readFile(file, 'utf8')).toBe('old');
    expect((await readdir(folder)).sort()).toEqual(['a.mha', 'b.mha']);
  });

  it('refuses a format that it does not know', async () => {
    await expect(writeVolume('a.png', tinyVolume([1, 1, 1]))).rejects.toThrow(
      'Cannot write a.png: expected .mha, .mhd, .nrrd, .nii or .nii.gz',
    );
  });
});

describe('formatMetaImageHeader', () => {
  it('writes what ITK writes, as in the documentation', () => {
    const volume: Volume = {
      geometry: {
        size: [2, 1, 1],
        spacing: [0.7, 0.7, 2.5],
        origin: [0, 0, -100],
        direction: identityDirection,
      },
      voxels: toVoxels(new Int16Array([-1000, 40]), [1, 1, 2]),
    };
    const lines = formatMetaImageHeader(volume, { dataFile: 'LOCAL' }).split('\n');
    expect(lines[9]).toBe('DimSize = 2 1 1');
    expect(lines.at(-2)).toBe('ElementDataFile = LOCAL');
  });
});
