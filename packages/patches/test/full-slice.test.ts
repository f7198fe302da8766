import { identityDirection, toVoxels, type Volume } from '@lunet/io';
import { describe, expect, test } from 'vitest';
import { fullSlice, type NumberArray } from '../src/index.ts';

/** A volume of four slices of 1×2: 0 and 1, 10 and 11, 20 and 21, 30 and 31. */
const volume = volumeOf(Int16Array.of(0, 1, 10, 11, 20, 21, 30, 31), [4, 1, 2]);

function volumeOf<T extends NumberArray>(data: T, shape: [number, number, number]): Volume<T> {
  const [z, y, x] = shape;
  return {
    geometry: { size: [x, y, z], spacing: [1, 1, 1], origin: [0, 0, 0], direction: identityDirection },
    voxels: toVoxels(data, shape),
  };
}

describe('fullSlice', () => {
  test('gives the example', () => {
    const tiny = volumeOf(new Int16Array([-3024, 40, 60]), [3, 1, 1]);
    expect([...fullSlice(tiny, 2, { context: 1 })]).toEqual([40, 60, 60]);
  });

  test('interleaves the slices z − 3 to z + 3, the border repeated at both ends', () => {
    expect([...fullSlice(volume, 0)]).toEqual([0, 0, 0, 0, 10, 20, 30, 1, 1, 1, 1, 11, 21, 31]);
    expect([...fullSlice(volume, 3)]).toEqual([0, 10, 20, 30, 30, 30, 30, 1, 11, 21, 31, 31, 31, 31]);
  });

  test('clips to ±1000 HU, and takes what is not a number for air', () => {
    const floats = volumeOf(Float32Array.of(-3024, 3071, Number.NaN, -999.5), [1, 2, 2]);
    expect([...fullSlice(floats, 0, { context: 0 })]).toEqual([-1000, 1000, -1000, -999.5]);
  });

  test('writes into an array that is there', () => {
    const out = new Float32Array(2);
    expect(fullSlice(volume, 1, { context: 0, out })).toBe(out);
    expect([...out]).toEqual([10, 11]);
    expect(() => fullSlice(volume, 1, { out })).toThrow(
      new RangeError('Cannot take slice of 1x2x7 into an array of 2 elements'),
    );
  });

  test.each([0, 1, 3])(
    'makes of the slice before what it makes anew, with %i slices on either side',
    (context) => {
      const out = fullSlice(volume, 0, { context });
      for (let z = 1; z < 4; z++) {
        fullSlice(volume, z, { context, out, holds: z - 1 });
        expect([...out]).toEqual([...fullSlice(volume, z, { context })]);
      }
      // Any other slice that it holds is of no use.
      fullSlice(volume, 1, { context, out, holds: 3 });
      expect([...out]).toEqual([...fullSlice(volume, 1, { context })]);
    },
  );

  test('throws on a slice that is not there', () => {
    expect(() => fullSlice(volume, 4)).toThrow(
      new RangeError('Cannot take slice 4: the volume has slices 0 to 3'),
    );
    expect(() => fullSlice(volume, -1)).toThrow(RangeError);
    expect(() => fullSlice(volume, 1.5)).toThrow(RangeError);
    expect(() => fullSlice(volume, 1, { context: -1 })).toThrow(RangeError);
  });
});
