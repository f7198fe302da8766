import { type Geometry, identityDirection, toVoxels, type World } from '@lunet/io';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  measureScan,
  pickThreshold,
  summarise,
  sweepThresholds,
  thresholdSweep,
  voxelScores,
} from '../src/index.ts';

/** Voxels of 4 mm along x, a nodule on each of the first `nodules`. */
function scan(seriesUid: string, probabilities: readonly number[], nodules: number) {
  const { length } = probabilities;
  const geometry: Geometry = {
    size: [length, 1, 1],
    spacing: [4, 4, 4],
    origin: [0, 0, 0],
    direction: identityDirection,
  };
  const places = Array.from({ length: nodules }, (_, x) => ({
    centerWorld: [4 * x, 0, 0] as World,
    diameterMm: 4,
  }));
  const prediction = { geometry, voxels: toVoxels(Float32Array.from(probabilities), [1, 1, length]) };
  return (threshold: number) =>
    measureScan(
      prediction,
      { seriesUid, nodules: places },
      { threshold, candidates: { probability: 'peak' } },
    );
}

describe('sweepThresholds', () => {
  it('ascend from 0 through the 1024ths, finer towards the ends', () => {
    expect(sweepThresholds).toHaveLength(1044);
    expect([...sweepThresholds].sort((a, b) => a - b)).toEqual(sweepThresholds);
    expect(sweepThresholds.slice(0, 2)).toEqual([0, 2 ** -20]);
    expect(sweepThresholds.at(-1)).toBe(1 - 2 ** -20);
    expect(sweepThresholds).toContain(0.5);
    expect(sweepThresholds.every((threshold) => Math.fround(threshold) === threshold)).toBe(true);
  });
});

describe('thresholdSweep', () => {
  it('has at every threshold what is measured there, whatever the threshold of the measurement', () => {
    const anyProbability = fc.oneof(
      fc.float({ min: 0, max: 1, noNaN: true }),
      fc.constantFrom(...sweepThresholds, 1),
      fc.float({ min: 0, max: Math.fround(1e-5), noNaN: true }),
    );
    const anyScan = fc.array(anyProbability, { minLength: 6, maxLength: 12 });
    fc.assert(
      fc.property(anyScan, fc.nat(sweepThresholds.length - 1), (probabilities, place) => {
        const measureAt = scan('a', probabilities, 4);
        const sweep = thresholdSweep([measureAt(0.5)]);
        const { recall, precision, dice } = voxelScores(measureAt(sweepThresholds[place]!).allSlices);
        expect([sweep.recall[place], sweep.precision[place], sweep.dice[place]]).toEqual([
          recall,
          precision,
          dice,
        ]);
      }),
      { numRuns: 25 },
    );
  });

  it('sums over scans', () => {
    const sweep = thresholdSweep([scan('a', [0.75, 0.25, 0.9], 2)(0.5), scan('b', [0.1, 0.6], 1)(0.5)]);
    const at = sweep.threshold.indexOf(0.5);
    expect(sweep.recall[at]).toBe(1 / 3);
    expect(sweep.precision[at]).toBe(1 / 3);
  });
});

describe('pickThreshold by recall', () => {
  it('takes the highest threshold with enough recall', () => {
    const scans = [scan('a', [0.75, 0.5, 0.25, 0.9], 3)(0.5)];
    // 0.5 is not above 0.5, but above the step below it.
    expect(pickThreshold(scans, { recall: 0.6 })).toEqual({
      threshold: 0.5 - 1 / 1024,
      recall: 2 / 3,
      precision: 2 / 3,
      dice: 2 / 3,
    });
    expect(pickThreshold(scans, { recall: 2 / 3 }).threshold).toBe(0.5 - 1 / 1024);
    expect(pickThreshold(scans, { recall: 0.67 }).threshold).toBe(0.25 - 1 / 1024);
  });

  it('reaches a model that is sure of nearly everything', () => {
    expect(pickThreshold([scan('a', [1e-4, 0.999999], 2)(0.5)], { recall: 1 }).threshold).toBe(2 ** -14);
  });

  it('names the best that can be reached', () => {
    const scans = [scan('a', [0.75, 0, 0], 2)(0.5)];
    expect(() => pickThreshold(scans, { recall: 0.9 })).toThrow(
      new RangeError('Cannot pick a threshold with a recall of 0.9: the best is 0.5, above a threshold of 0'),
    );
    expect(() => pickThreshold([scan('a', [0.75], 0)(0.5)], { recall: 0.9 })).toThrow('hold no nodule voxel');
    expect(() => pickThreshold(scans, { recall: 0 })).toThrow('give one above 0, at most 1');
    expect(() => pickThreshold(scans, { recall: Number.NaN })).toThrow(RangeError);
  });
});

describe('pickThreshold by false positives', () => {
  // Nodules at 0.9 and 0.6 and one without a candidate; false positives at 0.8, 0.7 and 0.55.
  const scans = [
    scan('a', [0.9, 0, 0, 0.7, 0, 0.8], 1)(0.5),
    scan('b', [0, 0, 0, 0], 1)(0.5),
    scan('c', [0.625, 0, 0, 0.5625], 1)(0.5),
  ];

  it('takes the best sensitivity within them, at the highest threshold', () => {
    expect(pickThreshold(scans, { falsePositivesPerScan: 8 })).toEqual({
      threshold: 0.625,
      sensitivity: 2 / 3,
      falsePositivesPerScan: 2 / 3,
    });
    expect(pickThreshold(scans, { falsePositivesPerScan: 0.5 })).toEqual({
      threshold: Math.fround(0.9),
      sensitivity: 1 / 3,
      falsePositivesPerScan: 0,
    });
    expect(pickThreshold(scans, { falsePositivesPerScan: 2 / 3 }).threshold).toBe(0.625);
  });

  it('counts every candidate, as summarise does with the threshold', () => {
    // 150 false positives at 0.9 in a; the nodule of b has one at 0.5.
    const wrong = Array.from({ length: 300 }, (_, i) => (i % 2 === 0 ? 0.9 : 0));
    const scans = [scan('a', wrong, 0)(0.25), scan('b', [0.5, 0], 1)(0.25)];
    expect(() => pickThreshold(scans, { falsePositivesPerScan: 1 })).toThrow('first nodule comes with 75');
    const point = pickThreshold(scans, { falsePositivesPerScan: 75 });
    expect(point).toEqual({ threshold: 0.5, sensitivity: 1, falsePositivesPerScan: 75 });
    const summary = summarise(scans, { seed: 1, resamples: 1, candidateThreshold: point.threshold });
    expect(summary.falsePositivesPerScan!.value).toBe(75);
    expect(summary.sensitivity!.value).toBe(1);
  });

  it('names the nearest that can be reached', () => {
    const late = [scan('a', [0.6, 0, 0, 0.9, 0, 0.7], 1)(0.5), scan('b', [0, 0], 0)(0.5)];
    expect(() => pickThreshold(late, { falsePositivesPerScan: 0.5 })).toThrow(
      new RangeError(
        'Cannot pick a threshold with 0.5 false positives a scan: the first nodule comes with 1',
      ),
    );
    expect(() => pickThreshold([scan('a', [0, 0, 0.9], 2)(0.5)], { falsePositivesPerScan: 4 })).toThrow(
      'none of 2 nodules has a candidate',
    );
    expect(() => pickThreshold(scans, { falsePositivesPerScan: -1 })).toThrow('give 0 or more');
  });
});
