import { type Geometry, identityDirection, type Nodule, toVoxels, type Volume } from '@lunet/io';
import { describe, expect, it } from 'vitest';
import { addScanCounts, measureScan, scanCounts, scanScores } from '../src/index.ts';

const geometry: Geometry = {
  size: [4, 1, 1],
  spacing: [4, 4, 4],
  origin: [0, 0, 0],
  direction: identityDirection,
};
const prediction = (...p: number[]) => ({ geometry, voxels: toVoxels(new Float32Array(p), [1, 1, 4]) });
const truth = (...y: number[]) => ({ geometry, voxels: toVoxels(new Uint8Array(y), [1, 1, 4]) });
const countsOf = (predicted: Volume<Float32Array>, mask: Volume<Uint8Array>, nodules: readonly Nodule[]) =>
  scanCounts(measureScan(predicted, { seriesUid: 'a', nodules, truth: mask }));
const nodule = { seriesUid: 'a', centerWorld: [0, 0, 0] as const, diameterMm: 4 };

describe('scanCounts', () => {
  it('counts voxels, nodules and false candidates', () => {
    expect(countsOf(prediction(0.9, 0.2, 0.5, 0.8), truth(1, 1, 0, 0), [nodule])).toEqual({
      truePositives: 1,
      falsePositives: 1,
      falseNegatives: 1,
      trueNegatives: 1,
      scans: 1,
      nodules: 1,
      nodulesFound: 1,
      falseCandidates: 1,
    });
  });

  it('refuses a truth of another shape, even of as many voxels', () => {
    const other = {
      geometry: { ...geometry, size: [1, 4, 1] as const },
      voxels: toVoxels(new Uint8Array(4), [1, 4, 1]),
    };
    expect(() => countsOf(prediction(0, 0, 0, 0), other, [])).toThrow('prediction 1x1x4, truth 1x4x1');
  });
});

describe('scanScores', () => {
  it('has the values of its example', () => {
    const pixels = { truePositives: 3, falsePositives: 1, falseNegatives: 1, trueNegatives: 95 };
    expect(scanScores({ ...pixels, scans: 2, nodules: 2, nodulesFound: 1, falseCandidates: 3 })).toEqual({
      recall: 0.75,
      precision: 0.75,
      dice: 0.75,
      nodules: 2,
      nodulesFound: 1,
      falsePositivesPerScan: 1.5,
    });
  });

  it('divides sums over scans', () => {
    const one = countsOf(prediction(0.9, 0.2, 0.5, 0.8), truth(1, 1, 0, 0), [nodule]);
    const sum = addScanCounts([one, one]);
    expect(sum.scans).toBe(2);
    expect(scanScores(sum)).toEqual({
      recall: 0.5,
      precision: 0.5,
      dice: 0.5,
      nodules: 2,
      nodulesFound: 2,
      falsePositivesPerScan: 1,
    });
  });

  it('has values where a denominator is empty', () => {
    const empty = countsOf(prediction(0, 0, 0, 0), truth(0, 0, 0, 0), []);
    expect(scanScores(empty)).toMatchObject({ recall: 1, precision: 1, dice: 1 });
    const missed = countsOf(prediction(0, 0, 0, 0), truth(1, 0, 0, 0), [nodule]);
    expect(scanScores(missed)).toMatchObject({ recall: 0, precision: 0, dice: 0 });
  });
});
