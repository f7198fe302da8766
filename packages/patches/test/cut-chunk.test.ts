import { toVoxels } from '@lunet/io';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cutChunk } from '../src/index.ts';

/** Two slices of 2×3, each voxel its own number. */
const voxels = toVoxels(
  Int16Array.from({ length: 12 }, (_, i) => i),
  [2, 2, 3],
);

describe('cutChunk', () => {
  test('gives the example', () => {
    const tiny = toVoxels(new Int16Array([1, 2, 3, 4]), [1, 2, 2]);
    const chunk = cutChunk(tiny, [0, 0, -1], { slices: 1, rows: 2, columns: 3 });
    expect([...chunk.data]).toEqual([1, 1, 2, 3, 3, 4]);
    expect(chunk.shape).toEqual([1, 2, 3]);
  });

  test('repeats the border on all six sides', () => {
    const chunk = cutChunk(voxels, [-1, -1, -1], { slices: 4, rows: 4, columns: 5 });
    const first = [
      [0, 0, 1, 2, 2],
      [0, 0, 1, 2, 2],
      [3, 3, 4, 5, 5],
      [3, 3, 4, 5, 5],
    ].flat();
    const second = first.map((value) => value + 6);
    expect([...chunk.data]).toEqual([first, first, second, second].flat());
  });

  test('repeats one corner for a chunk that misses the volume', () => {
    expect([...cutChunk(voxels, [9, 9, 9], { slices: 1, rows: 1, columns: 2 }).data]).toEqual([11, 11]);
  });

  test('keeps the element type', () => {
    const floats = toVoxels(Float32Array.of(0.5, -1.25), [1, 1, 2]);
    expect(cutChunk(floats, [0, 0, 0], { slices: 1, rows: 1, columns: 2 }).data).toEqual(
      Float32Array.of(0.5, -1.25),
    );
  });

  test('undoes padding: a padded volume, cut back, is the volume', () => {
    fc.assert(
      fc.property(
        fc.tuple(...[0, 1, 2].map(() => fc.integer({ min: 1, max: 5 }))),
        fc.integer({ min: 0, max: 4 }),
        (shape, pad) => {
          const [slices, rows, columns] = shape as [number, number, number];
          const data = Int16Array.from({ length: slices * rows * columns }, (_, i) => i);
          const padded = cutChunk(toVoxels(data, shape), [-pad, -pad, -pad], {
            slices: slices + 2 * pad,
            rows: rows + 2 * pad,
            columns: columns + 2 * pad,
          });
          expect(cutChunk(padded, [pad, pad, pad], { slices, rows, columns }).data).toEqual(data);
        },
      ),
      { numRuns: 50 },
    );
  });

  test('throws on what is no box of voxels', () => {
    const size = { slices: 1, rows: 1, columns: 1 };
    expect(() => cutChunk(toVoxels(new Int16Array(4), [2, 2]), [0, 0, 0], size)).toThrow(
      new TypeError('Cannot cut chunk: voxels have shape 2x2, expected [z, y, x]'),
    );
    expect(() => cutChunk(voxels, [0, 0.5, 0], size)).toThrow(RangeError);
    expect(() => cutChunk(voxels, [0, 0, 0], { ...size, rows: 0 })).toThrow(
      new RangeError('Cannot cut chunk of 1x0x1: expected positive integers'),
    );
    expect(() => cutChunk(toVoxels(new Int16Array(0), [0, 1, 1]), [0, 0, 0], size)).toThrow(/is empty/);
  });
});
