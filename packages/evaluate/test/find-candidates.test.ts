import { type Geometry, identityDirection, toVoxels } from '@lunet/io';
import { describe, expect, it } from 'vitest';
import { findCandidates } from '../src/index.ts';

const geometry: Geometry = {
  size: [3, 1, 1],
  spacing: [2, 1, 1],
  origin: [10, 0, 0],
  direction: identityDirection,
};
const line = (...values: number[]) => ({ geometry, voxels: toVoxels(new Float32Array(values), [1, 1, 3]) });

describe('findCandidates', () => {
  it('weighs the centre by probability and measures in mm', () => {
    const candidates = findCandidates(line(0, 0.75, 1));
    expect(candidates).toHaveLength(1);
    const [candidate] = candidates;
    expect(candidate!.centerIndex[0]).toBeCloseTo((0.75 * 1 + 1 * 2) / 1.75, 12);
    expect(candidate!.centerWorld[0]).toBeCloseTo(10 + 2 * (2.75 / 1.75), 12);
    expect(candidate!).toMatchObject({ probability: 1, voxels: 2, volumeMm3: 4 });
    expect(candidate!.diameterMm).toBeCloseTo(Math.cbrt((6 * 4) / Math.PI), 12);
  });

  it('has the values of its example', () => {
    const [candidate] = findCandidates(line(0, 0.6, 0.9));
    expect(candidate!.centerIndex[0]).toBeCloseTo(1.6, 6);
    expect(candidate!.volumeMm3).toBe(4);
  });

  it('refuses a threshold at which a component could weigh nothing', () => {
    expect(() => findCandidates(line(0, 0, 0), { threshold: -0.1 })).toThrow('above -0.1');
    expect(() => findCandidates(line(0, 0, 0), { threshold: 1 })).toThrow(RangeError);
    expect(findCandidates(line(0, 0.1, 0), { threshold: 0 })).toHaveLength(1);
  });

  it('takes only what is strictly above the threshold, the most probable first', () => {
    expect(findCandidates(line(0.625, 0.5, 0.75)).map(({ probability }) => probability)).toEqual([
      0.75, 0.625,
    ]);
  });

  it('drops components below the minimum diameter', () => {
    expect(findCandidates(line(1, 0, 0), { minimumDiameterMm: 1.56 })).toHaveLength(1); // (6·2/π)^⅓ = 1.5632
    expect(findCandidates(line(1, 0, 0), { minimumDiameterMm: 1.57 })).toHaveLength(0);
  });

  it('finds nothing where there is nothing', () => {
    expect(findCandidates(line(0, 0, 0))).toEqual([]);
  });
});
