import type { World } from '@lunet/io';
import { describe, expect, it } from 'vitest';
import { matchCandidates } from '../src/froc/match-candidates.ts';

const at = (x: number, probability = 0.5, z = 0) => ({ centerWorld: [x, 0, z] as World, probability });
const nodule = (x: number, diameterMm: number, z = 0) => ({ centerWorld: [x, 0, z] as World, diameterMm });

describe('matchCandidates', () => {
  it('hits strictly inside the radius, along every axis', () => {
    expect(matchCandidates([at(2.9)], [nodule(0, 6)]).nodulesFound).toBe(1);
    for (const candidate of [at(3), at(0, 0.5, 3), at(0, 0.5, -3)]) {
      const outside = matchCandidates([candidate], [nodule(0, 6)]);
      expect(outside.nodulesFound).toBe(0);
      expect(outside.falsePositives).toEqual([candidate]);
    }
    expect(matchCandidates([at(0, 0.5, 2.9), at(0, 0.5, -2.9)], [nodule(0, 6)]).doubleDetections).toBe(1);
  });

  it('takes the most probable of several hits, and the others are no false positives', () => {
    const { hits, falsePositives, doubleDetections } = matchCandidates(
      [at(1, 0.4), at(-1, 0.9)],
      [nodule(0, 6)],
    );
    expect(hits[0]!.probability).toBe(0.9);
    expect(falsePositives).toEqual([]);
    expect(doubleDetections).toBe(1);
  });

  it('takes the first of equally probable hits, whatever their height', () => {
    const first = at(0, 0.5, 2);
    expect(matchCandidates([first, at(0, 0.5, -2)], [nodule(0, 6)]).hits).toEqual([first]);
  });

  it('lets two nodules share a candidate', () => {
    expect(matchCandidates([at(0)], [nodule(-1, 6), nodule(1, 6)]).nodulesFound).toBe(2);
  });

  it('ignores candidates on an excluded finding; one of unknown size has a radius of 5 mm', () => {
    expect(matchCandidates([at(4.9)], [], [nodule(0, -1)])).toMatchObject({
      falsePositives: [],
      ignoredOnExcluded: 1,
    });
    expect(matchCandidates([at(5)], [], [nodule(0, -1)]).falsePositives).toHaveLength(1);
  });

  it('counts a candidate on two findings once, and one on a nodule not as ignored', () => {
    const findings = [nodule(0, 6), nodule(1, 6)];
    expect(matchCandidates([at(0)], [], findings).ignoredOnExcluded).toBe(1);
    expect(matchCandidates([at(0)], [nodule(0, 6)], findings)).toMatchObject({
      nodulesFound: 1,
      ignoredOnExcluded: 0,
    });
  });

  it('gives back the candidates themselves, in their order', () => {
    const candidates = [at(30, 0.1, 9), at(0), at(20, 0.9, -9)].map((one, number) => ({ ...one, number }));
    const { hits, falsePositives } = matchCandidates(candidates, [nodule(0, 6), nodule(70, 6)]);
    expect(hits).toEqual([candidates[1], undefined]);
    expect(falsePositives.map(({ number }) => number)).toEqual([0, 2]);
  });
});
