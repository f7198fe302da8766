import { type Geometry, identityDirection, toVoxels } from '@lunet/io';
import { describe, expect, it } from 'vitest';
import { applyThreshold, bestThreshold, lungHistograms } from '../src/index.ts';

const geometry: Geometry = {
  size: [5, 1, 1],
  spacing: [1, 1, 1],
  origin: [0, 0, 0],
  direction: identityDirection,
};
const scan = { geometry, voxels: toVoxels(new Int16Array([-900, -300, 20, 40, 100]), [1, 1, 5]) };
const masked = (...values: number[]) => ({ geometry, voxels: toVoxels(new Uint8Array(values), [1, 1, 5]) });

describe('the threshold baseline', () => {
  it('finds the threshold that separates the nodule inside the lung', () => {
    const threshold = bestThreshold([lungHistograms(scan, masked(1, 1, 1, 1, 0), masked(0, 0, 1, 1, 0))]);
    expect(threshold).toBeGreaterThanOrEqual(-300);
    expect(threshold).toBeLessThan(20);
    expect([...applyThreshold(scan, masked(1, 1, 1, 1, 0), threshold).voxels.data]).toEqual([0, 0, 1, 1, 0]);
  });

  it('refuses masks of another shape', () => {
    const small = { geometry, voxels: toVoxels(new Uint8Array(4), [1, 1, 4]) };
    const whole = masked(1, 1, 1, 1, 1);
    expect(() => lungHistograms(scan, small, whole)).toThrow('scan 1x1x5, lung 1x1x4, truth 1x1x5');
    expect(() => lungHistograms(scan, whole, small)).toThrow(TypeError);
    expect(() => applyThreshold(scan, small, 0)).toThrow('scan 1x1x5, lung 1x1x4');
  });

  it('takes the range of HU for its ends, and finds nothing where there is no nodule', () => {
    const dense = { geometry, voxels: toVoxels(new Int16Array([-2000, 1024, 3071, 0, 0]), [1, 1, 5]) };
    const lung = masked(1, 1, 1, 1, 1);
    expect(bestThreshold([lungHistograms(dense, lung, masked(0, 0, 1, 0, 0))])).toBe(1023);
    expect(bestThreshold([lungHistograms(dense, lung, masked(0, 0, 0, 0, 0))])).toBe(1024);
    expect(bestThreshold([])).toBe(1024);
  });

  it('counts nodule voxels outside the lung as out of reach', () => {
    expect(lungHistograms(scan, masked(1, 1, 1, 0, 0), masked(0, 0, 1, 1, 0)).noduleOutside).toBe(1);
  });
});
