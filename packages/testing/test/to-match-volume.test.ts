import { describe, expect, it } from 'vitest';
import { firstVolumeDifference, tinyVolume } from '../src/index.ts';

describe('toMatchVolume', () => {
  it('names the first voxel that differs, x y z, with both values', () => {
    const changed = tinyVolume([3, 3, 3]);
    changed.voxels.set(2, 1, 0, -7);
    expect(firstVolumeDifference(changed, tinyVolume([3, 3, 3]))).toBe(
      'Expected voxel [0, 1, 2] (x y z) to be 210, received -7',
    );
    expect(() => expect(changed).toMatchVolume(tinyVolume([3, 3, 3]))).toThrow('[0, 1, 2]');
    expect(changed).toMatchVolume(tinyVolume([3, 3, 3]), { value: 217 });
  });

  it('names the part of the geometry that differs', () => {
    const moved = tinyVolume([2, 2, 1], undefined, { origin: [0, 0, 5] });
    expect(firstVolumeDifference(moved, tinyVolume([2, 2, 1]))).toBe('Expected origin 0 0 0, received 0 0 5');
    expect(moved).not.toMatchVolume(tinyVolume([2, 2, 1]));
  });

  it('tells array types and shapes apart', () => {
    const { geometry, voxels } = tinyVolume([2, 2, 1]);
    const floats = { geometry, voxels: { shape: voxels.shape, data: Float32Array.from(voxels.data) } };
    expect(firstVolumeDifference(floats, { geometry, voxels })).toMatch('Int16Array, received Float32Array');
    const flat = { geometry, voxels: { shape: [4, 1, 1], data: voxels.data } };
    expect(firstVolumeDifference(flat, { geometry, voxels })).toMatch('shape 1x2x2, received 4x1x1');
  });

  it('takes NaN for equal to NaN and to nothing else', () => {
    const { geometry } = tinyVolume([1, 1, 1]);
    const of = (value: number) => ({ geometry, voxels: { shape: [1, 1, 1], data: Float32Array.of(value) } });
    expect(of(Number.NaN)).toMatchVolume(of(Number.NaN));
    expect(of(Number.NaN)).not.toMatchVolume(of(0), { value: 1 });
  });
});
