import type { Nodule, Volume } from '@lunet/io';
import { checkSameShape } from './check-same-shape.ts';
import { findCandidates } from './find-candidates.ts';
import { matchCandidates } from './match-candidates.ts';

/** What one scan adds to a score; every field is a count, so that scans are added up. */
export interface ScanCounts {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
  readonly scans: number;
  readonly nodules: number;
  readonly nodulesFound: number;
  /** Candidates that lie on no nodule and no excluded finding. */
  readonly falseCandidates: number;
}

/** The score of one or more scans. */
export interface ScanScores {
  readonly recall: number;
  readonly precision: number;
  readonly dice: number;
  readonly nodules: number;
  readonly nodulesFound: number;
  readonly falsePositivesPerScan: number;
}

/** LUNA16 annotates nodules from 3 mm on, so that a smaller component is not called one. */
export const minimumNoduleDiameterMm = 3;

/**
 * Counts one scan: its voxels against the mask, and its candidates against its nodules by LUNA16's official rule.
 *
 * A candidate is a 26-connected component above the threshold whose equivalent diameter is at least 3 mm.
 *
 * @param prediction probabilities, or a mask of 0 and 1, on the truth's grid.
 * @throws {TypeError} if prediction and truth differ in shape.
 * @throws {RangeError} if the threshold is not in [0, 1).
 */
export function scoreScan(
  prediction: Volume<Float32Array | Uint8Array>,
  truth: Volume<Uint8Array>,
  nodules: readonly Nodule[],
  { excluded = [], threshold = 0.5 }: { excluded?: readonly Nodule[]; threshold?: number } = {},
): ScanCounts {
  checkSameShape('score scan', { prediction, truth });
  const p = prediction.voxels.data;
  const y = truth.voxels.data;
  let truePositives = 0;
  let falsePositives = 0;
  let falseNegatives = 0;
  for (let voxel = 0; voxel < p.length; voxel++) {
    const positive = p[voxel]! > threshold;
    if (y[voxel] !== 0) {
      if (positive) truePositives++;
      else falseNegatives++;
    } else if (positive) falsePositives++;
  }
  const candidates = findCandidates(prediction, { threshold, minimumDiameterMm: minimumNoduleDiameterMm });
  const matches = matchCandidates(candidates, nodules, excluded);
  return {
    truePositives,
    falsePositives,
    falseNegatives,
    trueNegatives: p.length - truePositives - falsePositives - falseNegatives,
    scans: 1,
    nodules: nodules.length,
    nodulesFound: matches.nodulesFound,
    falseCandidates: matches.falsePositives.length,
  };
}

/** Adds up the counts of several scans. */
export function addScanCounts(counts: Iterable<ScanCounts>): ScanCounts {
  const sum = {
    truePositives: 0,
    falsePositives: 0,
    falseNegatives: 0,
    trueNegatives: 0,
    scans: 0,
    nodules: 0,
    nodulesFound: 0,
    falseCandidates: 0,
  };
  for (const one of counts) {
    for (const key of Object.keys(sum) as (keyof ScanCounts)[]) sum[key] += one[key];
  }
  return sum;
}

/**
 * Turns counts into scores, over all voxels of all scans (micro average).
 *
 * Where nothing is there to be found recall is 1; where nothing was predicted precision is 1 if nothing was missed, else 0.
 *
 * @example
 * ```ts
 * scanScores({ truePositives: 3, falsePositives: 1, falseNegatives: 1, trueNegatives: 95,
 *   scans: 2, nodules: 2, nodulesFound: 1, falseCandidates: 3 });
 * // { recall: 0.75, precision: 0.75, dice: 0.75, nodules: 2, nodulesFound: 1, falsePositivesPerScan: 1.5 }
 * ```
 */
export function scanScores(counts: ScanCounts): ScanScores {
  const { truePositives: tp, falsePositives: fp, falseNegatives: fn } = counts;
  return {
    recall: tp + fn === 0 ? 1 : tp / (tp + fn),
    precision: tp + fp === 0 ? (fn === 0 ? 1 : 0) : tp / (tp + fp),
    dice: tp + fp + fn === 0 ? 1 : (2 * tp) / (2 * tp + fp + fn),
    nodules: counts.nodules,
    nodulesFound: counts.nodulesFound,
    falsePositivesPerScan: counts.scans === 0 ? 0 : counts.falseCandidates / counts.scans,
  };
}

/**
 * The score that picks the best model: F_β with β = 4, so recall weighs sixteen times as much as precision
 * (van Rijsbergen, Information Retrieval, 1979, ch. 7).
 *
 * A collapsed model cannot win it: all zeros has recall 0 and scores 0; all ones has recall 1 but a precision of the
 * nodules' share of the voxels (10⁻⁴ or less in a scan) and scores 17 times that.
 *
 * @example
 * ```ts
 * recallFirstScore({ recall: 0.9, precision: 0.3 }); // 0.8053
 * recallFirstScore({ recall: 1, precision: 0.0001 }); // 0.0017
 * ```
 */
export function recallFirstScore(
  { recall, precision }: Pick<ScanScores, 'recall' | 'precision'>,
  beta = 4,
): number {
  const b2 = beta * beta;
  const denominator = b2 * precision + recall;
  return denominator === 0 ? 0 : ((1 + b2) * precision * recall) / denominator;
}
