import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { generatorFor } from '../src/generator.ts';
import {
  type Augmentation,
  type CropAffine,
  cropAt,
  drawAffine,
  referenceAugmentation,
  resampleCrop,
} from '../src/index.ts';
import { disc, makeChunk } from './make-chunk.ts';

const size = { slices: 3, rows: 12, columns: 10 };
/** Each voxel is its own number: slice · 120 + row · 10 + column. */
const numbered = makeChunk(size, 2, (s, r, c) => s * 120 + r * 10 + c, disc(size, 3));
const crop = { rows: 6, columns: 4 };

describe('cropAt', () => {
  test('gives the example', () => {
    const chunk = makeChunk({ slices: 1, rows: 2, columns: 2 }, 1, (_, r, c) => 1 + 2 * r + c);
    const place = { slice: 0, row: 1, column: 0, rows: 1, columns: 2 };
    expect([...cropAt(chunk, { slices: 1, rows: 2, columns: 2 }, place).image]).toEqual([3, 4]);
  });

  test('takes the context of the label slice as channels', () => {
    const { image, label } = cropAt(numbered, size, { slice: 1, row: 5, column: 3, ...crop });
    expect([...image.subarray(0, 6)]).toEqual([173, 293, 413, 174, 294, 414]);
    // The label of slice 1 is the disc of radius 2 about row 6, column 5.
    expect([...label]).toEqual(
      [
        [0, 1, 1, 1],
        [1, 1, 1, 1],
        [0, 1, 1, 1],
        [0, 0, 1, 0],
        [0, 0, 0, 0],
        [0, 0, 0, 0],
      ].flat(),
    );
  });

  test('throws where the crop leaves the chunk', () => {
    const place = { slice: 0, row: 7, column: 0, ...crop };
    expect(() => cropAt(numbered, size, place)).toThrow(
      new RangeError('Cannot crop 6x4 at slice 0, row 7, column 0: the chunk has 2 label slices of 12x10'),
    );
    expect(() => cropAt(numbered, size, { ...place, row: 0, slice: 2 })).toThrow(RangeError);
  });
});

describe('resampleCrop', () => {
  const resample = (affine: CropAffine, slice = 0) =>
    resampleCrop(numbered, size, { slice, affine, ...crop });

  test('gives the example', () => {
    const row = { slices: 1, rows: 1, columns: 3 };
    const chunk = makeChunk(row, 1, (_, __, c) => 10 * c);
    const place = { slice: 0, rows: 1, columns: 2, affine: [1, 0, 0, 0, 1, 0.5] } as const;
    expect([...resampleCrop(chunk, row, place).image]).toEqual([5, 15]);
  });

  test('is the plain crop for the identity', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 1 }),
        fc.nat({ max: 6 }),
        fc.nat({ max: 6 }),
        fc.integer(),
        (slice, row, column, seed) => {
          const affine = drawAffine({}, { row, column, ...crop }, generatorFor(seed));
          const plain = cropAt(numbered, size, { slice, row, column, ...crop });
          expect(resample(affine, slice)).toEqual(plain);
        },
      ),
      { numRuns: 50 },
    );
  });

  test('mirrors rows and columns exactly', () => {
    const mirrored = resample([-1, 0, 8, 0, -1, 6], 0);
    const plain = cropAt(numbered, size, { slice: 0, row: 3, column: 3, ...crop });
    const pixels = Array.from({ length: 24 }, (_, i) => i);
    expect(pixels.map((i) => mirrored.image[i * 3]!)).toEqual(pixels.map((i) => plain.image[(23 - i) * 3]!));
    expect([...mirrored.label]).toEqual([...plain.label].reverse());
  });

  test('sees the chunk beyond the crop, and past the chunk its border', () => {
    const { image } = resample([1, 0, -2, 0, 1, 8]);
    const rows = [0, 0, 0, 1, 2, 3];
    const columns = [8, 9, 9, 9];
    expect(Array.from({ length: 24 }, (_, i) => image[i * 3]!)).toEqual(
      rows.flatMap((r) => columns.map((c) => 10 * r + c)),
    );
  });

  test('moves image and label together', () => {
    const wide = { slices: 3, rows: 96, columns: 96 };
    const inside = disc(wide, 14);
    // The labelled slice is the middle one; its voxels are the label times 1000, minus 500.
    const chunk = makeChunk(wide, 1, (_, r, c) => (inside(0, r, c) ? 500 : -500), inside);
    const frame = { rows: 64, columns: 64 };
    fc.assert(
      fc.property(fc.integer(), fc.nat({ max: 32 }), fc.nat({ max: 32 }), (seed, row, column) => {
        const augmentation: Augmentation = { ...referenceAugmentation, offset: 0.2 };
        const affine = drawAffine(augmentation, { row, column, ...frame }, generatorFor(seed));
        const { image, label } = resampleCrop(chunk, wide, { slice: 0, affine, ...frame });
        const apart = label.findIndex((value, i) => {
          const [below, middle, above] = image.subarray(i * 3, i * 3 + 3) as unknown as [
            number,
            number,
            number,
          ];
          // Float32 rounds a share of one half to either side of 0 HU.
          const labelled = Math.abs(middle) < 1e-3 || value === (middle > 0 ? 1 : 0);
          return !labelled || below !== middle || above !== middle;
        });
        expect(apart, 'first pixel where image and label differ').toBe(-1);
        const marked = label.reduce((sum, value) => sum + value, 0);
        // The whole disc stays within a crop whose start is drawn around it, at 0.8 to 1.2 of its size along each axis.
        if (Math.hypot(row - 16, column - 16) < 8) {
          expect(marked).toBeGreaterThan(616 / 1.2 ** 2 - 30);
          expect(marked).toBeLessThan(616 / 0.8 ** 2 + 30);
        }
      }),
      { numRuns: 50 },
    );
  });

  test('throws on a slice that is not labelled', () => {
    expect(() => resample([1, 0, 0, 0, 1, 0], 2)).toThrow(
      new RangeError('Cannot resample label slice 2: the chunk has 2 label slices'),
    );
  });
});

describe('drawAffine', () => {
  const frame = { row: 16, column: 16, rows: 64, columns: 64 };
  const draws = Array.from({ length: 2000 }, (_, i) =>
    drawAffine(referenceAugmentation, frame, generatorFor(i)),
  );

  test('keeps the reference ranges: scale 0.8 to 1.2 per axis, shift ±0.96 pixels, any angle, both mirrors', () => {
    const rowScales = draws.map(([a, b]) => Math.hypot(a, b));
    const columnScales = draws.map(([, , , a, b]) => Math.hypot(a, b));
    for (const scales of [rowScales, columnScales]) {
      expect(Math.min(...scales)).toBeGreaterThanOrEqual(0.8);
      expect(Math.min(...scales)).toBeLessThan(0.81);
      expect(Math.max(...scales)).toBeLessThanOrEqual(1.2);
      expect(Math.max(...scales)).toBeGreaterThan(1.19);
    }
    const shifts = draws.map(([a, b, c]) => a * 31.5 + b * 31.5 + c - 47.5);
    expect(Math.max(...shifts)).toBeLessThanOrEqual(0.96 + 1e-9);
    expect(Math.max(...shifts)).toBeGreaterThan(0.95);
    expect(Math.min(...shifts)).toBeGreaterThanOrEqual(-0.96 - 1e-9);
    const mirrored = draws.filter(([a, b, , c, d]) => a * d - b * c < 0).length;
    // Half of 2000, give or take four standard deviations.
    expect(Math.abs(mirrored - 1000)).toBeLessThan(90);
    const quadrants = new Set(draws.map(([a, b]) => `${Math.sign(a)}${Math.sign(b)}`));
    expect(quadrants.size).toBe(4);
  });
});
