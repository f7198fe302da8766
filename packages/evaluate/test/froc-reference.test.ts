import { readFileSync } from 'node:fs';
import type { World } from '@lunet/io';
import { describe, expect, it } from 'vitest';
import { cpm, froc, sensitivityAt } from '../src/froc/froc.ts';
import type { FrocPoints } from '../src/froc/froc-curve.ts';

type Row = readonly [x: number, y: number, z: number, last: number];

interface Fixture {
  readonly scans: readonly Readonly<Record<'nodules' | 'excluded' | 'marks', readonly Row[]>>[];
  readonly expected: Readonly<
    Record<string, { counts: Record<string, number>; points: FrocPoints; sensitivityAt: number[] }>
  >;
}

/** Drawn marks and their score by the rules in NumPy: written by fixtures/numpy_froc.py. */
const { scans, expected }: Fixture = JSON.parse(
  readFileSync(new URL('fixtures/numpy_froc.json', import.meta.url), 'utf8'),
);

const centerWorld = ([x, y, z]: Row): World => [x, y, z];
const sphere = (row: Row) => ({ centerWorld: centerWorld(row), diameterMm: row[3] });
const drawn = scans.map(({ nodules, excluded, marks }, i) => ({
  seriesUid: `${i}`,
  nodules: nodules.map(sphere),
  excluded: excluded.map(sphere),
  marks: marks.map((row) => ({ centerWorld: centerWorld(row), probability: row[3] })),
}));

describe('froc, against the official rules in NumPy', () => {
  it.each(Object.entries(expected))('scores drawn scans alike, at most %s marks each', (maximum, truth) => {
    const score = froc(drawn, { maximumMarks: Number(maximum) });
    expect(score).toMatchObject(truth.counts);
    expect(score.points.threshold).toEqual(truth.points.threshold);
    expect(score.points.falsePositivesPerScan).toEqual(truth.points.falsePositivesPerScan);
    expect(score.points.sensitivity).toEqual(truth.points.sensitivity);
    for (const [i, sensitivity] of sensitivityAt(score).entries()) {
      expect(sensitivity).toBeCloseTo(truth.sensitivityAt[i]!, 12);
    }
    expect(cpm(score)).toBeCloseTo(truth.sensitivityAt.reduce((sum, s) => sum + s, 0) / 7, 12);
  });
});
