import { type Geometry, identityDirection, toVoxels, type Volume } from '@lunet/io';
import { describe, expect, it } from 'vitest';
import { type Candidate, findCandidates } from '../src/index.ts';

const geometry: Geometry = {
  size: [3, 1, 1],
  spacing: [2, 1, 1],
  origin: [10, 0, 0],
  direction: identityDirection,
};

/** Probabilities along x, 2 mm apart from 10 mm on. */
const line = (...values: number[]): Volume<Float32Array> => ({
  geometry: { ...geometry, size: [values.length, 1, 1] },
  voxels: toVoxels(new Float32Array(values), [1, 1, values.length]),
});
const along = (candidates: readonly Candidate[]) => candidates.map(({ centerIndex }) => centerIndex[0]);

describe('findCandidates', () => {
  it('weighs the centre by probability and measures in mm', () => {
    const candidates = findCandidates(line(0, 0.75, 1));
    expect(candidates).toHaveLength(1);
    const [candidate] = candidates;
    expect(candidate!.centerIndex[0]).toBeCloseTo((0.75 * 1 + 1 * 2) / 1.75, 12);
    expect(candidate!.centerWorld[0]).toBeCloseTo(10 + 2 * (2.75 / 1.75), 12);
    expect(candidate!).toMatchObject({ peak: 1, mean: 0.875, voxels: 2, volumeMm3: 4 });
    expect(candidate!.box).toEqual({ start: [1, 0, 0], size: [2, 1, 1] });
    expect(candidate!.diameterMm).toBeCloseTo(Math.cbrt((6 * 4) / Math.PI), 12);
  });

  it('has the values of its example', () => {
    const [candidate] = findCandidates(line(0, 0.6, 0.9));
    expect(candidate!.centerIndex[0]).toBeCloseTo(1.6, 6);
    expect(candidate!.volumeMm3).toBe(4);
    expect(candidate!.roundness).toBeCloseTo(0.388, 3);
    expect(candidate!.probability).toBeCloseTo(0.291, 3);
  });

  it('gives the voxels of a mask the probability 1', () => {
    const mask = { geometry, voxels: toVoxels(new Uint8Array([0, 255, 1]), [1, 1, 3]) };
    expect(findCandidates(mask)).toMatchObject([{ centerIndex: [1.5, 0, 0], peak: 1, mean: 1 }]);
  });

  it('spans slices and rows with its box', () => {
    const data = new Float32Array(4 * 3 * 2);
    data[0] = data[2 * 6 + 2 * 2 + 1] = 0.75; // voxels 0,0,0 and 1,2,2, which do not touch
    data[6 + 2 + 1] = 0.75; // voxel 1,1,1 joins them
    const volume = { geometry: { ...geometry, size: [2, 3, 4] }, voxels: toVoxels(data, [4, 3, 2]) } as const;
    expect(findCandidates(volume)).toMatchObject([{ voxels: 3, box: { start: [0, 0, 0], size: [2, 3, 3] } }]);
  });

  it('ranks by the mean times the roundness, or as it is told', () => {
    const values = line(0.625, 1, 0, 0.875, 0.875, 0.875, 0, 0.25);
    const ranked = (probability?: 'round' | 'mean' | 'peak') =>
      findCandidates(values, { threshold: 0.2, ...(probability && { probability }) });
    expect(ranked('peak').map(({ probability }) => probability)).toEqual([1, 0.875, 0.25]);
    expect(ranked('mean').map(({ probability }) => probability)).toEqual([0.875, 0.8125, 0.25]);
    expect(along(ranked())[2]).toBe(7);
    for (const { probability, mean, roundness } of ranked()) {
      expect(probability).toBeCloseTo(mean * roundness, 6);
    }
  });

  it('finds a ball round, a cube a little less, and a rod the less the longer it is', () => {
    const roundnessOf = (size: readonly [number, number, number], inside: (...xyz: number[]) => boolean) => {
      const [width, height, depth] = size;
      const data = Uint8Array.from({ length: width * height * depth }, (_, i) =>
        inside(i % width, Math.floor(i / width) % height, Math.floor(i / (width * height))) ? 1 : 0,
      );
      const volume = {
        geometry: { ...geometry, size, spacing: [0.5, 0.5, 1] },
        voxels: toVoxels(data, [depth, height, width]),
      } as const;
      return findCandidates(volume)[0]!.roundness;
    };
    const all = () => true;
    expect(
      roundnessOf([41, 41, 21], (x, y, z) => Math.hypot(x - 20, y - 20, 2 * (z - 10)) <= 20),
    ).toBeGreaterThan(0.995);
    expect(roundnessOf([8, 8, 4], all)).toBeCloseTo(0.9236, 4); // 4 mm a side
    expect(roundnessOf([1, 1, 1], all)).toBeCloseTo(roundnessOf([4, 4, 4], all), 12); // the same shape
    // Of 1×1×n mm: 3/5·(3n/4π)^⅔ over (n² + 2)/12.
    for (const n of [2, 8]) {
      expect(roundnessOf([2, 2, n], all)).toBeCloseTo(
        (0.6 * ((3 * n) / (4 * Math.PI)) ** (2 / 3) * 12) / (n * n + 2),
        12,
      );
    }
  });

  it('keeps equal candidates in scan order', () => {
    expect(along(findCandidates(line(0.75, 0, 0.875, 0, 0.75, 0, 0.875)))).toEqual([2, 6, 0, 4]);
  });

  it('refuses a threshold at which a component could weigh nothing', () => {
    expect(() => findCandidates(line(0, 0, 0), { threshold: -0.1 })).toThrow('above -0.1');
    expect(() => findCandidates(line(0, 0, 0), { threshold: 1 })).toThrow(RangeError);
    expect(findCandidates(line(0, 0.1, 0), { threshold: 0 })).toHaveLength(1);
  });

  it('takes only what is strictly above the threshold, the most probable first', () => {
    expect(findCandidates(line(0.625, 0.5, 0.75)).map(({ peak }) => peak)).toEqual([0.75, 0.625]);
  });

  it('drops components below the minimum diameter', () => {
    expect(findCandidates(line(1, 0, 0), { minimumDiameterMm: 1.56 })).toHaveLength(1); // (6·2/π)^⅓ = 1.5632
    expect(findCandidates(line(1, 0, 0), { minimumDiameterMm: 1.57 })).toHaveLength(0);
    expect(along(findCandidates(line(1, 0, 1, 1, 0, 1), { minimumDiameterMm: 1.9 }))).toEqual([2.5]); // 1.97 mm
  });

  it('finds nothing where there is nothing', () => {
    expect(findCandidates(line(0, 0, 0))).toEqual([]);
    expect(findCandidates(line(0, 0, 0), { mergeWithinMm: 5, minimumDiameterMm: 3 })).toEqual([]);
  });

  it('refuses lengths that are none, and a geometry of another shape', () => {
    expect(() => findCandidates(line(1), { mergeWithinMm: -1 })).toThrow('with mergeWithinMm -1');
    expect(() => findCandidates(line(1), { minimumDiameterMm: Infinity })).toThrow(RangeError);
    expect(() => findCandidates({ ...line(1, 0), geometry })).toThrow(
      "voxels of shape 1x1x2 (z,y,x) are not the geometry's 3x1x1 (x,y,z)",
    );
  });
});

describe('findCandidates merges', () => {
  it('what lies closer than the distance, and weighs the whole', () => {
    const values = line(0.75, 0, 1); // 4 mm apart
    expect(findCandidates(values, { mergeWithinMm: 4 })).toHaveLength(2);
    const [candidate, ...others] = findCandidates(values, { mergeWithinMm: 4.01 });
    expect(others).toEqual([]);
    expect(candidate).toMatchObject({
      voxels: 2,
      volumeMm3: 4,
      peak: 1,
      mean: 0.875,
      box: { size: [3, 1, 1] },
    });
    expect(candidate!.centerIndex[0]).toBeCloseTo(2 / 1.75, 12);
  });

  it('into the heaviest, so that a chain does not hang together', () => {
    // At 0, 4, 8, 12, 16 mm; the middle one weighs most and takes its neighbours.
    const chain = line(0.75, 0, 0.75, 0, 1, 0, 0.75, 0, 0.75);
    expect(along(findCandidates(chain, { mergeWithinMm: 5 }))).toEqual([0, 8, 4]); // the merged one is the longest
    // Equal ones: the first in scan order takes the second, the third the fourth.
    const equal = line(1, 0, 1, 0, 1, 0, 1);
    expect(along(findCandidates(equal, { mergeWithinMm: 5 }))).toEqual([1, 5]);
  });

  it('pieces before it asks for their size', () => {
    const pieces = line(1, 0, 1); // of 1.56 mm each, of 1.97 mm together
    expect(findCandidates(pieces, { minimumDiameterMm: 1.9 })).toHaveLength(0);
    expect(findCandidates(pieces, { minimumDiameterMm: 1.9, mergeWithinMm: 5 })).toHaveLength(1);
  });
});
