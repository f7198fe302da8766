import { describe, expect, it } from 'vitest';
import type { CutOut } from '../src/cut-out.ts';
import { reportScan } from '../src/report-scan.ts';

const nodule = (x: number, probability: number | null) => ({
  centerWorld: [x, 0, 0] as const,
  diameterMm: 6,
  dice: 0.5,
  probability,
});
const candidate = (x: number, probability: number, liesOn: 'nodule' | 'finding' | 'nothing') => ({
  centerWorld: [x, 0, 0] as const,
  diameterMm: 4,
  probability,
  liesOn,
});
const measured = {
  seriesUid: '1.2',
  nodules: [nodule(1, 0.9), nodule(2, null), nodule(3, 0.6)],
  candidates: [
    candidate(1, 0.9, 'nodule'),
    candidate(4, 0.8, 'finding'),
    candidate(3, 0.6, 'nodule'),
    candidate(5, 0.7, 'nothing'),
    candidate(6, 0.95, 'nothing'),
    candidate(7, 0.55, 'nothing'),
  ],
};

describe('reportScan', () => {
  it('lists misses, then hits, then the most probable false positives', () => {
    const { nodules, found, falsePositives, findings } = reportScan(measured, { maximumFalsePositives: 2 });
    expect([nodules, found, falsePositives]).toEqual([3, 2, 3]);
    expect(findings.map(({ kind, centerWorld }) => [kind, centerWorld[0]])).toEqual([
      ['missed', 2],
      ['found', 1],
      ['found', 3],
      ['false-positive', 6],
      ['false-positive', 5],
    ]);
  });

  it('leaves out what is less probable than the operating point', () => {
    const { found, falsePositives, findings } = reportScan(measured, { candidateThreshold: 0.7 });
    expect([found, falsePositives]).toEqual([1, 2]);
    const missed = findings.filter(({ kind }) => kind === 'missed');
    expect(missed.map(({ centerWorld, probability }) => [centerWorld[0], probability])).toEqual([
      [2, undefined],
      [3, 0.6],
    ]);
  });

  it('cuts out each that is shown', () => {
    const cutOut = (centerWorld: CutOut['centerWorld']): CutOut => ({ centerWorld, sizeMm: 50, planes: [] });
    const { findings } = reportScan(measured, { maximumFalsePositives: 0, cutOut });
    expect(findings.map((finding) => finding.cutOut?.centerWorld)).toEqual(
      findings.map((f) => f.centerWorld),
    );
  });
});
