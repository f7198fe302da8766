import { describe, expect, it } from 'vitest';
import { recallFirstScore } from '../src/index.ts';

describe('recallFirstScore', () => {
  it('has the values of its example', () => {
    expect(recallFirstScore({ recall: 0.9, precision: 0.3 })).toBeCloseTo(0.8053, 4);
    expect(recallFirstScore({ recall: 1, precision: 0.0001 })).toBeCloseTo(0.0017, 4);
  });

  it('cannot be won by all zeros or all ones', () => {
    const modest = recallFirstScore({ recall: 0.3, precision: 0.05 });
    expect(recallFirstScore({ recall: 0, precision: 0 })).toBe(0);
    // A nodule of 6 mm is 100 of the 17 million voxels of a scan.
    expect(recallFirstScore({ recall: 1, precision: 100 / 17e6 })).toBeLessThan(modest / 100);
  });

  it('prefers recall', () => {
    expect(recallFirstScore({ recall: 0.9, precision: 0.5 })).toBeGreaterThan(
      recallFirstScore({ recall: 0.5, precision: 0.9 }),
    );
  });
});
