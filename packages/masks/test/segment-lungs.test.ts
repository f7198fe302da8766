import { boxGeometry, identityDirection, type Size, toVoxels, type Volume } from '@lunet/io';
import type { ScanOptions } from '@lunet/phantom';
import { describe, expect, test } from 'vitest';
import { segmentLungs } from '../src/index.ts';
import { dice, milliliters, phantomWithLungs, valueAtCenter } from './lung-phantoms.ts';

/** Whole chests and slabs, from 0.8 to 4 mm, both directions, one narrow enough to cut the body. */
const phantoms: [name: string, options: ScanOptions][] = [
  ['whole, 2.5 mm', { seed: 21, size: [128, 128, 96], sliceSpacing: 2.5, meanNodules: 6, flipped: false }],
  [
    'whole, 4 mm, flipped',
    { seed: 22, size: [128, 128, 70], sliceSpacing: 4, meanNodules: 6, flipped: true },
  ],
  ['slab, 30 mm', { seed: 23, size: [256, 256, 24], sliceSpacing: 1.25, meanNodules: 6 }],
  [
    'slab, 8 slices, flipped',
    { seed: 24, size: [256, 256, 8], sliceSpacing: 2, meanNodules: 6, flipped: true },
  ],
  ['one lung, cut', { seed: 25, size: [230, 240, 32], spacing: 0.8, sliceSpacing: 1.25, meanNodules: 6 }],
  ['one slice', { seed: 26, size: [192, 192, 1] }],
];

/** 64×64×10 voxels of 5 mm. */
function filled(hu: (i: number) => number): Volume<Int16Array> {
  const data = Int16Array.from({ length: 64 * 64 * 10 }, (_, i) => hu(i));
  return {
    geometry: { size: [64, 64, 10], spacing: [5, 5, 5], origin: [0, 0, 0], direction: identityDirection },
    voxels: toVoxels(data, [10, 64, 64]),
  };
}

describe('segmentLungs on phantoms', () => {
  let [nodules, inside] = [0, 0];

  test.each(phantoms)('finds what the phantom calls lung: %s', (_, options) => {
    const { volume, lungs, nodules: truth } = phantomWithLungs(options);
    const mask = segmentLungs(volume);
    expect(mask.geometry).toBe(volume.geometry);
    expect(mask.voxels.shape).toEqual(volume.voxels.shape);
    expect(dice(mask, lungs)).toBeGreaterThan(0.96);
    for (const nodule of truth) {
      const value = valueAtCenter(mask, nodule);
      if (value === undefined) continue;
      nodules++;
      inside += value;
    }
  });

  test('has the centres of nodules inside, at the wall too', () => {
    console.log(`${inside} of ${nodules} centres inside without a margin`);
    expect(nodules).toBeGreaterThan(20);
    expect(inside / nodules).toBeGreaterThan(0.95);
  });

  test('leaves out the windpipe', () => {
    const { volume, lungMask } = phantomWithLungs({ seed: 27, size: [160, 160, 50], sliceSpacing: 4 });
    const mask = segmentLungs(volume).voxels.data;
    let [airway, marked] = [0, 0];
    lungMask.voxels.data.forEach((label, i) => {
      if (label !== 5) return;
      airway++;
      marked += mask[i]!;
    });
    expect(marked / airway).toBeLessThan(0.2);
  });

  test('does not depend on the order of rows, columns and slices', () => {
    // 2 mm voxels are their own blocks, whichever end they are counted from.
    const { volume } = phantomWithLungs({ seed: 28, size: [160, 160, 16], spacing: 2, sliceSpacing: 2 });
    const reversed = {
      ...volume,
      voxels: toVoxels(volume.voxels.data.slice().reverse(), volume.voxels.shape),
    };
    expect(segmentLungs(reversed).voxels.data).toEqual(segmentLungs(volume).voxels.data.reverse());
  });

  test.each([
    ['the left third', [0.33, 0], [0.67, 1]],
    ['the right third', [0, 0], [0.67, 1]],
    ['the front', [0, 0.4], [1, 0.6]],
    ['all but the middle', [0.25, 0.25], [0.5, 0.5]],
  ] as const)('finds lung where the picture ends in it: without %s', (_, [left, top], [wide, high]) => {
    const { volume, lungs } = phantomWithLungs({ seed: 29, size: [160, 160, 12], sliceSpacing: 2.5 });
    const box = {
      start: [Math.round(160 * left), Math.round(160 * top), 0],
      size: [Math.round(160 * wide), Math.round(160 * high), 12],
    } as const;
    expect(dice(segmentLungs(crop(volume, box)), crop(lungs, box))).toBeGreaterThan(0.95);
  });

  test.each([-1024, -2000, -3024])('finds lung where padding of %i HU cuts it', (padding) => {
    const { volume, lungs } = phantomWithLungs({ seed: 30, size: [160, 160, 12], sliceSpacing: 2.5 });
    const isSeen = (i: number): boolean => Math.hypot((i % 160) - 80, (Math.floor(i / 160) % 160) - 80) < 52;
    const padded = volume.voxels.data.map((hu, i) => (isSeen(i) ? hu : padding));
    const seen = lungs.voxels.data.map((lung, i) => (isSeen(i) ? lung : 0));
    const mask = segmentLungs({ ...volume, voxels: toVoxels(padded, volume.voxels.shape) });
    expect(dice(mask, { ...lungs, voxels: toVoxels(seen, lungs.voxels.shape) })).toBeGreaterThan(0.95);
  });
});

test('the example finds what it says', () => {
  const { volume } = phantomWithLungs({ seed: 1, size: [128, 128, 60], sliceSpacing: 4 });
  const voxels = segmentLungs(volume).voxels.data.reduce((sum, value) => sum + value, 0);
  expect(voxels).toBe(140_468);
});

describe('segmentLungs without lungs', () => {
  test.each([-32768, -3024, -1024, -1000, -800, 0, 40, 32767])('finds none in %i HU everywhere', (hu) => {
    expect(milliliters(segmentLungs(filled(() => hu)))).toBe(0);
  });

  test('finds none in a body without air, in a room', () => {
    const isBody = (i: number): boolean => Math.hypot((i % 64) - 32, (Math.floor(i / 64) % 64) - 32) < 25;
    expect(milliliters(segmentLungs(filled((i) => (isBody(i) ? 40 : -1000))))).toBe(0);
  });

  test('takes no more memory for a spacing that makes no sense', () => {
    const volume = filled((i) => (i % 3 === 0 ? 40 : -850));
    const geometry = { ...volume.geometry, spacing: [1e-9, 1e-9, 1e-9] as const };
    expect(milliliters(segmentLungs({ ...volume, geometry }))).toBe(0);
  });

  test('takes a volume of one voxel', () => {
    const one = {
      geometry: { ...filled(() => 0).geometry, size: [1, 1, 1] as const },
      voxels: toVoxels(new Int16Array(1), [1, 1, 1]),
    };
    expect([...segmentLungs(one).voxels.data]).toEqual([0]);
  });
});

describe('segmentLungs refuses', () => {
  const volume = filled(() => 0);

  test('voxels of another shape', () => {
    const voxels = toVoxels(volume.voxels.data, [64, 64, 10]);
    expect(() => segmentLungs({ ...volume, voxels })).toThrow(
      new TypeError('Cannot segment lungs: voxels are 64x64x10, the geometry says 10x64x64 (z, y, x)'),
    );
  });

  test.each([
    [{ closingMm: 0 }, 'closingMm is 0'],
    [{ closingMm: 1e9 }, 'closingMm is 1000000000'],
    [{ blockMm: Number.NaN }, 'blockMm is NaN'],
  ])('%o', (options, reason) => {
    expect(() => segmentLungs(volume, options)).toThrow(
      new RangeError(`Cannot segment lungs: ${reason}, expected above 0 and up to 100 mm`),
    );
  });

  test('a spacing that is none', () => {
    const geometry = { ...volume.geometry, spacing: [1, 0, 1] as const };
    expect(() => segmentLungs({ ...volume, geometry })).toThrow('y spacing is 0, expected above 0');
  });
});

function crop<T extends Int16Array | Uint8Array>(
  volume: Volume<T>,
  box: { start: Size; size: Size },
): Volume<T> {
  const { start, size } = box;
  const data = volume.voxels.data.slice(0, size[0] * size[1] * size[2]) as T;
  let next = 0;
  for (let z = 0; z < size[2]; z++) {
    for (let y = 0; y < size[1]; y++) {
      for (let x = 0; x < size[0]; x++)
        data[next++] = volume.voxels.get(start[2] + z, start[1] + y, start[0] + x);
    }
  }
  return { geometry: boxGeometry(volume.geometry, box), voxels: toVoxels(data, [size[2], size[1], size[0]]) };
}
