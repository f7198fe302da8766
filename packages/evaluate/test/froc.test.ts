import type { World } from '@lunet/io';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cpm, type FrocScan, froc, officialRates, sensitivityAt } from '../src/froc/froc.ts';

const mark = (x: number, probability: number) => ({ centerWorld: [x, 0, 0] as World, probability });
const nodule = (x: number, diameterMm: number) => ({ centerWorld: [x, 0, 0] as World, diameterMm });
const scan = (seriesUid: string, rows: Partial<FrocScan>): FrocScan => ({
  seriesUid,
  nodules: [],
  marks: [],
  ...rows,
});

describe('froc', () => {
  it('draws the curve of the documentation', () => {
    const score = froc([
      scan('a', { nodules: [nodule(0, 6)], marks: [mark(1, 0.9)] }),
      scan('b', { nodules: [nodule(0, 6)], marks: [mark(9, 0.8)] }),
    ]);
    expect(score.points).toEqual({
      falsePositivesPerScan: [0, 0, 0.5],
      sensitivity: [0, 0.5, 0.5],
      threshold: [1.9, 0.9, 0.8],
    });
    expect(cpm(score)).toBe(0.5);
    expect(score).toMatchObject({
      scans: 2,
      nodules: 2,
      truePositives: 1,
      falsePositives: 1,
      falseNegatives: 1,
      candidates: 2,
      ignoredOnExcluded: 0,
      doubleDetections: 0,
      overCap: 0,
    });
  });

  it('finds two nodules by one mark that lies in both', () => {
    const score = froc([scan('a', { nodules: [nodule(-1, 6), nodule(1, 6)], marks: [mark(0, 0.5)] })]);
    expect(score).toMatchObject({ truePositives: 2, falsePositives: 0, candidates: 1, doubleDetections: 0 });
    expect(score.points.sensitivity).toEqual([0, 1]);
  });

  it('takes a nodule’s most probable mark and drops the others', () => {
    const marks = [mark(1, 0.25), mark(-1, 0.75), mark(0, 0.5)];
    const score = froc([scan('a', { nodules: [nodule(0, 6)], marks })]);
    expect(score).toMatchObject({ truePositives: 1, falsePositives: 0, candidates: 3, doubleDetections: 2 });
    expect(score.points.threshold).toEqual([1.75, 0.75]);
  });

  it('counts double detections nodule by nodule, where two nodules share both marks', () => {
    const marks = [mark(0, 0.5), mark(0.5, 0.25)];
    const score = froc([scan('a', { nodules: [nodule(-1, 6), nodule(1, 6)], marks })]);
    expect(score).toMatchObject({ truePositives: 2, doubleDetections: 2, falsePositives: 0 });
    expect(score.points.threshold).toEqual([1.5, 0.5]);
  });

  it('counts a mark exactly on the radius as outside', () => {
    const score = froc([scan('a', { nodules: [nodule(0, 6)], marks: [mark(3, 0.5)] })]);
    expect(score).toMatchObject({ truePositives: 0, falsePositives: 1, falseNegatives: 1 });
  });

  it('ignores marks on excluded findings, the nodules coming first', () => {
    const score = froc([
      scan('a', {
        nodules: [nodule(0, 6)],
        excluded: [nodule(0, 20), nodule(5, 20), nodule(100, -1)],
        // On the nodule and a finding; on two findings; 4.9 mm and 5 mm from one of unknown size; on nothing.
        marks: [mark(1, 0.9), mark(4, 0.8), mark(104.9, 0.7), mark(105, 0.6), mark(200, 0.5)],
      }),
    ]);
    expect(score).toMatchObject({ truePositives: 1, falsePositives: 2, ignoredOnExcluded: 2, candidates: 5 });
    expect([...score.ranking.probability]).toEqual([0.9, 0.6, 0.5]);
  });

  it('puts misses into the denominator alone', () => {
    const nodules = [nodule(0, 6), nodule(50, 6), nodule(100, 6), nodule(150, 6)];
    const score = froc([scan('a', { nodules, marks: [mark(0, 0.5)] })]);
    expect(score).toMatchObject({ truePositives: 1, falseNegatives: 3 });
    expect(score.points).toEqual({
      falsePositivesPerScan: [0, 0],
      sensitivity: [0, 0.25],
      threshold: [1.5, 0.5],
    });
    expect(sensitivityAt(score)).toEqual(Array(7).fill(0.25));
  });

  it('divides false positives by nodule-free scans, too', () => {
    const nodules = [nodule(0, 6)];
    const score = froc([
      scan('a', { nodules, marks: [mark(0, 0.25), mark(50, 0.5)] }),
      scan('b', { marks: [mark(0, 0.75)] }),
      scan('c', {}),
      scan('d', {}),
    ]);
    expect(score.points).toEqual({
      falsePositivesPerScan: [0, 0.25, 0.5, 0.5],
      sensitivity: [0, 0, 0, 1],
      threshold: [1.75, 0.75, 0.5, 0.25],
    });
  });

  it('has a curve of one point without a mark', () => {
    const score = froc([scan('a', { nodules: [nodule(0, 6)] }), scan('b', {})]);
    expect(score).toMatchObject({ nodules: 1, falseNegatives: 1, candidates: 0 });
    expect(score.points).toEqual({ falsePositivesPerScan: [0], sensitivity: [0], threshold: [1] });
    expect(sensitivityAt(score)).toEqual(Array(7).fill(0));
    expect(cpm(score)).toBe(0);
  });

  it('has no sensitivity without a nodule', () => {
    const score = froc([scan('a', { marks: [mark(0, 0.5)] })]);
    expect(score.points.falsePositivesPerScan).toEqual([0, 1]);
    expect(score.points.sensitivity).toEqual([Number.NaN, Number.NaN]);
    expect(cpm(score)).toBeNaN();
  });

  it('has no false positives where every mark hits', () => {
    const score = froc([scan('a', { nodules: [nodule(0, 6)], marks: [mark(0, -3)] })]);
    expect(score.points).toEqual({
      falsePositivesPerScan: [0, 0],
      sensitivity: [0, 1],
      threshold: [-2, -3],
    });
    expect(cpm(score)).toBe(1);
  });

  it('makes one point of marks that are equally probable', () => {
    const marks = [mark(0, 0.5), mark(50, 0.5), mark(60, 0.5), mark(70, 0.25)];
    const { points } = froc([scan('a', { nodules: [nodule(0, 6)], marks })]);
    expect(points).toEqual({
      falsePositivesPerScan: [0, 2, 3],
      sensitivity: [0, 1, 1],
      threshold: [1.5, 0.5, 0.25],
    });
    expect(sensitivityAt({ points }, [1])).toEqual([0.5]);
  });

  it('leaves out the middle of straight runs, but keeps the first mark as scikit-learn does', () => {
    const marks = [0.9, 0.8, 0.7, 0.6].map((probability, i) => mark(50 + i, probability));
    const { points } = froc([scan('a', { nodules: [nodule(0, 6)], marks })]);
    expect(points.falsePositivesPerScan).toEqual([0, 1, 4]);
    expect(points.threshold).toEqual([1.9, 0.9, 0.6]);
  });

  describe('of more than 100 marks in a scan', () => {
    const marks = (count: number, tied: number) =>
      Array.from({ length: count }, (_, i) => mark(50 + i, i < count - tied ? 1000 - i : 1));

    it('keeps 100 of 101 that all differ', () => {
      const score = froc([scan('a', { nodules: [nodule(0, 6)], marks: marks(101, 1) })]);
      expect(score).toMatchObject({ candidates: 100, overCap: 1, falsePositives: 100 });
    });

    it('keeps those strictly above the 101st: 98 where the last three are tied', () => {
      const score = froc([scan('a', { nodules: [nodule(0, 6)], marks: marks(101, 3) })]);
      expect(score).toMatchObject({ candidates: 98, overCap: 3, falsePositives: 98 });
    });

    it('keeps none where all are tied, and all 100 of exactly 100', () => {
      expect(froc([scan('a', { marks: marks(101, 101) })]).candidates).toBe(0);
      expect(froc([scan('a', { marks: marks(100, 100) })]).candidates).toBe(100);
    });

    it('has no cap if asked, or another, scan by scan', () => {
      const scans = [scan('a', { marks: marks(101, 3) }), scan('b', { marks: marks(2, 1) })];
      expect(froc(scans, { maximumMarks: Infinity })).toMatchObject({ candidates: 103, overCap: 0 });
      expect(froc(scans, { maximumMarks: 1 })).toMatchObject({ candidates: 2, overCap: 101 });
    });
  });

  it.each<[string, readonly FrocScan[], object, RegExp]>([
    ['no scan', [], {}, /^Cannot score 0 scans/],
    ['a scan twice', [scan('a', {}), scan('b', {}), scan('a', {})], {}, /scan a twice: .* 1 and number 3/],
    [
      'a probability that is not finite',
      [scan('a', { marks: [mark(0, 1), mark(0, Number.NaN)] })],
      {},
      /scan a: mark 2 has the numbers 0, 0, 0, NaN/,
    ],
    ['a nodule of no size', [scan('a', { nodules: [nodule(0, Infinity)] })], {}, /nodule 1 has .*Infinity/],
    ['a finding nowhere', [scan('a', { excluded: [nodule(Number.NaN, 1)] })], {}, /finding 1 has .*NaN/],
    ['a cap of none', [scan('a', {})], { maximumMarks: 0 }, /at most 0 marks/],
    ['half a mark', [scan('a', {})], { maximumMarks: 1.5 }, /at most 1.5 marks/],
  ])('refuses %s', (_, scans, options, message) => {
    expect(() => froc(scans, options)).toThrow(RangeError);
    expect(() => froc(scans, options)).toThrow(message);
  });

  const number = fc.integer({ min: -6, max: 6 });
  const world = fc.tuple(number, number, number);
  const anyScan = fc.record({
    nodules: fc.array(fc.record({ centerWorld: world, diameterMm: fc.constantFrom(4, 6, 10) }), {
      maxLength: 3,
    }),
    excluded: fc.array(fc.record({ centerWorld: world, diameterMm: fc.constantFrom(-1, 8) }), {
      maxLength: 3,
    }),
    marks: fc.array(fc.record({ centerWorld: world, probability: fc.constantFrom(0.1, 0.2, 0.4, 0.8) }), {
      maxLength: 12,
    }),
  });
  const anyScans = fc
    .array(anyScan, { minLength: 1, maxLength: 6 })
    .map((scans) => scans.map((rows, i) => ({ seriesUid: `${i}`, ...rows })));

  it('only shrinks the false positive axis by a scan without nodules and marks', () => {
    fc.assert(
      fc.property(anyScans, (scans) => {
        const before = froc(scans).points;
        const after = froc([...scans, scan('free', {})]).points;
        expect(after.sensitivity).toEqual(before.sensitivity);
        expect(after.threshold).toEqual(before.threshold);
        for (const [point, rate] of before.falsePositivesPerScan.entries()) {
          expect(after.falsePositivesPerScan[point]).toBeCloseTo(
            (rate * scans.length) / (scans.length + 1),
            12,
          );
        }
      }),
      { numRuns: 50 },
    );
  });

  it('accounts for every mark and nodule, in any order of the scans and marks', () => {
    fc.assert(
      fc.property(anyScans, (scans) => {
        const score = froc(scans, { maximumMarks: 8 });
        const marks = scans.reduce((sum, { marks }) => sum + marks.length, 0);
        expect(score.candidates + score.overCap).toBe(marks);
        expect(score.truePositives + score.falseNegatives).toBe(score.nodules);
        expect(score.ranking.probability).toHaveLength(score.truePositives + score.falsePositives);
        // Without shared marks, these four are all there are.
        const sum =
          score.truePositives + score.doubleDetections + score.falsePositives + score.ignoredOnExcluded;
        expect(sum).toBeGreaterThanOrEqual(score.candidates);
        const turned = scans.map((rows) => ({ ...rows, marks: rows.marks.toReversed() })).toReversed();
        const { ranking: _, ...counts } = froc(turned, { maximumMarks: 8 });
        expect(score).toMatchObject(counts);
      }),
      { numRuns: 50 },
    );
  });
});

describe('sensitivityAt', () => {
  const points = { falsePositivesPerScan: [0, 0, 1], sensitivity: [0, 0.4, 0.8], threshold: [1.9, 0.9, 0.1] };

  it('interpolates, from the upper end of a rise, and stays level beyond the end', () => {
    expect(sensitivityAt({ points }, [0, 0.25, 1, 4])).toEqual(
      [0, 0.25, 1, 4].map((rate) => Math.min(0.8, 0.4 + 0.4 * rate)),
    );
  });

  it('reads the seven official rates by default', () => {
    expect(officialRates).toEqual([0.125, 0.25, 0.5, 1, 2, 4, 8]);
    expect(sensitivityAt({ points })).toEqual(sensitivityAt({ points }, officialRates));
    expect(cpm({ points })).toBeCloseTo((0.45 + 0.5 + 0.6 + 4 * 0.8) / 7, 12);
  });

  it('refuses rates below 0', () => {
    expect(() => sensitivityAt({ points }, [-1])).toThrow(/FROC curve at -1 false positives/);
    expect(() => sensitivityAt({ points }, [Number.NaN])).toThrow(RangeError);
  });
});
