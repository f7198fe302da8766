import type { World } from '@lunet/io';
import { describe, expect, it } from 'vitest';
import { type Candidate, matchCandidates } from '../src/index.ts';

const at = (x: number, probability = 0.5): Candidate => ({
  centerIndex: [0, 0, 0],
  centerWorld: [x, 0, 0],
  probability,
  voxels: 1,
  volume: 1,
  diameterMm: 1,
});
const nodule = (x: number, diameterMm: number) => ({ centerWorld: [x, 0, 0] as World, diameterMm });

describe('matchCandidates', () => {
  it('hits strictly inside the radius', () => {
    expect(matchCandidates([at(2.9)], [nodule(0, 6)]).nodulesFound).toBe(1);
    const outside = matchCandidates([at(3)], [nodule(0, 6)]);
    expect(outside.nodulesFound).toBe(0);
    expect(outside.falsePositives).toHaveLength(1);
  });

  it('takes the most probable of several hits, and the others are no false positives', () => {
    const { hits, falsePositives } = matchCandidates([at(1, 0.4), at(-1, 0.9)], [nodule(0, 6)]);
    expect(hits[0]!.probability).toBe(0.9);
    expect(falsePositives).toEqual([]);
  });

  it('lets two nodules share a candidate', () => {
    expect(matchCandidates([at(0)], [nodule(-1, 6), nodule(1, 6)]).nodulesFound).toBe(2);
  });

  it('ignores candidates on an excluded finding; one of unknown size has a radius of 5 mm', () => {
    expect(matchCandidates([at(4.9)], [], [nodule(0, -1)]).falsePositives).toHaveLength(0);
    expect(matchCandidates([at(5)], [], [nodule(0, -1)]).falsePositives).toHaveLength(1);
  });
});
