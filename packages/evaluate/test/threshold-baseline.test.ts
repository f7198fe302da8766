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

  it('counts nodule voxels outside the lung as out of reach', () => {
    expect(lungHistograms(scan, masked(1, 1, 1, 0, 0), masked(0, 0, 1, 1, 0)).noduleOutside).toBe(1);
  });
});
