import { describe, expect, it } from 'vitest';
import { percentileInterval } from '../src/bootstrap/interval.ts';
import { createResampler } from '../src/bootstrap/random.ts';
import { type MeasuredCandidate, type ScanMeasurement, summarise } from '../src/index.ts';
import { createMedian } from '../src/measure/weighted-median.ts';

interface NoduleLike {
  readonly diameterMm?: number;
  readonly probability?: number | null;
  readonly dice?: number;
  readonly volumeError?: number | null;
}

/** A scan with some nodules, some false positives of these probabilities, and voxel counts [TP, FP, FN]. */
function scan(
  seriesUid: string,
  nodules: readonly NoduleLike[],
  falsePositives: readonly number[] = [],
  [truePositives, wrong, falseNegatives]: readonly [number, number, number] = [0, 0, 0],
): ScanMeasurement {
  const allSlices = { truePositives, falsePositives: wrong, falseNegatives, trueNegatives: 100 };
  const candidate = (probability: number): MeasuredCandidate => ({
    centerIndex: [0, 0, 0],
    centerWorld: [0, 0, 0],
    probability,
    peak: probability,
    mean: probability,
    roundness: 1,
    voxels: 1,
    volumeMm3: 1,
    diameterMm: 3,
    box: { start: [0, 0, 0], size: [1, 1, 1] },
    liesOn: 'nothing',
  });
  return {
    seriesUid,
    threshold: 0.5,
    allSlices,
    noduleSlices: { ...allSlices, falsePositives: 0 },
    nodules: nodules.map(({ diameterMm = 6, probability = 0.9, dice = 0.5, volumeError = 0 }) => ({
      centerWorld: [0, 0, 0],
      diameterMm,
      found: probability !== null,
      probability,
      dice,
      truthMm3: 1,
      predictedMm3: 1,
      volumeError,
    })),
    excluded: [],
    candidates: falsePositives.map(candidate),
    histogram: { nodule: [], other: [] },
  };
}

const missed = { probability: null, dice: 0, volumeError: -1 };

describe('summarise', () => {
  it('sums over scans before it divides', () => {
    const summary = summarise(
      [scan('a', [{}], [0.7, 0.6], [9, 1, 1]), scan('b', [missed], [0.8], [0, 10, 20])],
      { seed: 1 },
    );
    expect(summary).toMatchObject({ scans: 2, nodules: 2, found: 1, threshold: 0.5, candidateThreshold: 0 });
    expect(summary.allSlices.recall!.value).toBe(9 / 30);
    expect(summary.allSlices.precision!.value).toBe(9 / 20);
    expect(summary.allSlices.dice!.value).toBe(18 / 50);
    expect(summary.noduleSlices.precision!.value).toBe(1);
    expect(summary.sensitivity!.value).toBe(0.5);
    expect(summary.falsePositivesPerScan!.value).toBe(1.5);
    expect(summary.noduleDice!.value).toBe(0.25);
    expect(summary.volumeError!.value).toBe(-0.5);
    expect(summary.absoluteVolumeError!.value).toBe(0.5);
  });

  it('sorts nodules by size: 5 and 10 mm are in the middle', () => {
    const diameters = [4.99, 5, 10, 10.01];
    const { sizes } = summarise(
      [scan('a', [...diameters.map((diameterMm) => ({ diameterMm })), { ...missed, diameterMm: 5 }])],
      {
        seed: 1,
      },
    );
    expect(sizes.map(({ name, nodules, found }) => [name, nodules, found])).toEqual([
      ['< 5 mm', 1, 1],
      ['5–10 mm', 3, 2],
      ['> 10 mm', 1, 1],
    ]);
    expect(sizes[1]!.sensitivity!.value).toBe(2 / 3);
  });

  it('counts candidates from a threshold on', () => {
    const summary = summarise([scan('a', [{ probability: 0.6 }, { probability: 0.9 }], [0.6, 0.7, 0.8])], {
      seed: 1,
      candidateThreshold: 0.7,
    });
    expect(summary).toMatchObject({ nodules: 2, found: 1 });
    expect(summary.falsePositivesPerScan!.value).toBe(2);
  });

  it('has null for what the scans do not define, and leaves resamples without it out', () => {
    const empty = summarise([scan('a', [], [], [0, 0, 0])], { seed: 1 });
    expect(empty.allSlices).toEqual({ recall: null, precision: null, dice: null });
    expect(empty.sensitivity).toBeNull();
    expect(empty.noduleDice).toBeNull();
    expect(empty.sizes.map(({ sensitivity }) => sensitivity)).toEqual([null, null, null]);
    expect(empty.falsePositivesPerScan!.value).toBe(0);
    // A ninth of the resamples hold neither nodule; were they taken as 0, the lower bound would be.
    const two = summarise([scan('a', [{}]), scan('b', [{}]), scan('c', [])], { seed: 1 });
    expect(two.sensitivity).toEqual({ value: 1, lower: 1, upper: 1 });
  });

  it('has no bounds for what fewer than two scans define: nothing varies', () => {
    const nodule = { diameterMm: 4, dice: 0.7, volumeError: -0.25 };
    const unbounded = (value: number) => ({ value, lower: Number.NaN, upper: Number.NaN });
    const first = scan('a', [nodule], [0.9], [8, 2, 2]);
    const single = summarise([first], { seed: 1 });
    expect(single.allSlices).toEqual({
      recall: unbounded(0.8),
      precision: unbounded(0.8),
      dice: unbounded(0.8),
    });
    expect(single.falsePositivesPerScan).toEqual(unbounded(1));
    // Scans without a nodule do not vary what is of nodules alone, but what is of all scans.
    const free = ['b', 'c', 'd'].map((seriesUid) => scan(seriesUid, [], [], [0, 5, 0]));
    const mixed = summarise([first, ...free], { seed: 1 });
    expect(mixed.sensitivity).toEqual(unbounded(1));
    expect(mixed.sizes.map(({ sensitivity }) => sensitivity)).toEqual([unbounded(1), null, null]);
    expect(mixed.allSlices.recall).toEqual(unbounded(0.8));
    expect(mixed.noduleDice).toEqual(unbounded(0.7));
    expect(mixed.volumeError).toEqual(unbounded(-0.25));
    expect(mixed.falsePositivesPerScan!.upper).toBeGreaterThan(mixed.falsePositivesPerScan!.lower);
    expect(mixed.allSlices.precision!.upper).toBeGreaterThan(mixed.allSlices.precision!.lower);
    expect(JSON.parse(JSON.stringify(mixed)).sensitivity).toEqual({ value: 1, lower: null, upper: null });
  });

  it('draws the interval of a binomial where every scan has one nodule', () => {
    const scans = Array.from({ length: 100 }, (_, i) => scan(`${i}`, [i < 30 ? {} : missed]));
    // scipy.stats.binom(100, 0.3).ppf([0.025, 0.975]) is [21, 39]; one resampled nodule more or less is chance.
    const { sensitivity } = summarise(scans, { seed: 1, resamples: 4000 });
    expect(sensitivity!.value).toBe(0.3);
    expect(Math.abs(sensitivity!.lower - 0.21)).toBeLessThanOrEqual(0.01 + 1e-9);
    expect(Math.abs(sensitivity!.upper - 0.39)).toBeLessThanOrEqual(0.01 + 1e-9);
    const narrow = summarise(scans, { seed: 1, confidence: 0.5 }).sensitivity!;
    expect(narrow.upper - narrow.lower).toBeLessThan(sensitivity!.upper - sensitivity!.lower);
  });

  it('is the same for the same seed, and after JSON', () => {
    const scans = Array.from({ length: 9 }, (_, i) => scan(`${i}`, [{ dice: i / 9 }], [0.6], [i, 1, 2]));
    const summary = summarise(scans, { seed: 5 });
    expect(summarise(scans, { seed: 5 })).toEqual(summary);
    expect(summarise(scans, { seed: 6 })).not.toEqual(summary);
    expect(JSON.parse(JSON.stringify(summary))).toEqual(summary);
  });

  it('refuses no scans, a scan twice, mixed thresholds and options out of range', () => {
    const one = scan('a', []);
    expect(() => summarise([], { seed: 1 })).toThrow('there are no scans');
    expect(() => summarise([one, one], { seed: 1 })).toThrow('scan a is there twice');
    expect(() => summarise([one, { ...one, seriesUid: 'b', threshold: 0.25 }], { seed: 1 })).toThrow(
      'a was measured at 0.5, b at 0.25',
    );
    expect(() => summarise([one], { seed: 1, resamples: 0 })).toThrow('with 0 resamples');
    expect(() => summarise([one], { seed: 1, resamples: 100_001 })).toThrow('with 100001 resamples');
    expect(() => summarise([one], { seed: 0.5 })).toThrow('safe integer');
    expect(() => summarise([one], { seed: 1, confidence: 1 })).toThrow('confidence 1');
    expect(() => summarise([one], { seed: 1, candidateThreshold: 2 })).toThrow('from 2 on');
  });
});

describe('what the bootstraps share', () => {
  it('percentileInterval has the values of its example', () => {
    expect(percentileInterval(5, [10, 1, 2, 3, 4, 5, Number.NaN, 6, 7, 8, 9, 0], 0.5)).toEqual({
      value: 5,
      lower: 2.5,
      upper: 7.5,
    });
    expect(percentileInterval(5, [], 0.8)).toEqual({ value: 5, lower: Number.NaN, upper: Number.NaN });
  });

  it('draws as many scans as there are, each as often as the others in the long run', () => {
    const draw = createResampler(4, 7);
    const sum = [0, 0, 0, 0];
    for (let resample = 0; resample < 1000; resample++) {
      const times = draw();
      expect(times.reduce((a, b) => a + b)).toBe(4);
      for (const [scan, n] of times.entries()) sum[scan]! += n;
    }
    // Each is binomial(4000, 1/4): a standard deviation of 27.
    for (const n of sum) expect(Math.abs(n - 1000)).toBeLessThan(120);
  });

  it('takes the median of values that count more than once', () => {
    const median = createMedian([
      { value: 3, scan: 0 },
      { value: 1, scan: 1 },
      { value: 8, scan: 1 },
    ]);
    expect(median(Int32Array.of(1, 1))).toBe(3);
    expect(median(Int32Array.of(0, 1))).toBe(4.5);
    expect(median(Int32Array.of(1, 2))).toBe(3);
    expect(median(Int32Array.of(0, 0))).toBeNaN();
  });
});
