import { froc } from '../froc/froc.ts';
import type { ScanMeasurement } from './scan-measurement.ts';
import { thresholdSweep } from './threshold-sweep.ts';

/** A threshold for voxels, which are predicted where their probability is above it, and the scores there. */
export interface VoxelOperatingPoint {
  readonly threshold: number;
  readonly recall: number;
  readonly precision: number;
  readonly dice: number;
}

/** A threshold for candidates, which count where their probability is at least it, and the scores there. */
export interface CandidateOperatingPoint {
  readonly threshold: number;
  readonly sensitivity: number;
  readonly falsePositivesPerScan: number;
}

/**
 * Picks an operating point by rule, on scans that are not those it is reported on.
 *
 * With `recall`: the highest of `sweepThresholds` at which the recall of voxels, over all slices of all scans, is at
 * least so much. With `falsePositivesPerScan`: the threshold for candidates with the best sensitivity at no more false
 * positives a scan than that, by LUNA16's official rule; of equally good ones the highest. It is the threshold that
 * `summarise` takes as `candidateThreshold`, and counts all candidates as that does, not the 100 a scan of `froc`.
 *
 * @throws {RangeError} if the rule is out of range, there is nothing to be found, or no threshold meets the rule; the
 *   message names the nearest that can be reached.
 * @example
 * ```ts
 * const { threshold } = pickThreshold(validation, { recall: 0.9 });
 * const measured = test.map(({ prediction, scan }) => measureScan(prediction, scan, { threshold }));
 * ```
 */
export function pickThreshold(
  scans: readonly ScanMeasurement[],
  rule: { readonly recall: number },
): VoxelOperatingPoint;
export function pickThreshold(
  scans: readonly ScanMeasurement[],
  rule: { readonly falsePositivesPerScan: number },
): CandidateOperatingPoint;
export function pickThreshold(
  scans: readonly ScanMeasurement[],
  rule: { readonly recall: number } | { readonly falsePositivesPerScan: number },
): VoxelOperatingPoint | CandidateOperatingPoint {
  return 'recall' in rule
    ? byRecall(scans, rule.recall)
    : byFalsePositives(scans, rule.falsePositivesPerScan);
}

function byRecall(scans: readonly ScanMeasurement[], least: number): VoxelOperatingPoint {
  if (!(least > 0 && least <= 1)) {
    throw new RangeError(`Cannot pick a threshold with a recall of ${least}: give one above 0, at most 1`);
  }
  if (scans.every(({ histogram }) => histogram.nodule.length === 0)) {
    throw new RangeError('Cannot pick a threshold by recall: the scans hold no nodule voxel');
  }
  const { threshold, recall, precision, dice } = thresholdSweep(scans);
  const place = recall.findLastIndex((value) => value >= least);
  if (place < 0) {
    throw new RangeError(
      `Cannot pick a threshold with a recall of ${least}: the best is ${recall[0]}, above a threshold of 0`,
    );
  }
  return {
    threshold: threshold[place]!,
    recall: recall[place]!,
    precision: precision[place]!,
    dice: dice[place]!,
  };
}

function byFalsePositives(scans: readonly ScanMeasurement[], most: number): CandidateOperatingPoint {
  if (!(most >= 0)) {
    throw new RangeError(`Cannot pick a threshold with ${most} false positives a scan: give 0 or more`);
  }
  // Uncapped as in `summarise`, which is to take the threshold.
  const { nodules, ranking } = froc(
    scans.map((scan) => ({ ...scan, marks: scan.candidates })),
    { maximumMarks: Infinity },
  );
  const { probability, isNodule } = ranking;
  let truePositives = 0;
  let falsePositives = 0;
  let best = { threshold: 0, truePositives: 0, falsePositives: 0 };
  for (let entry = 0; entry < probability.length; entry++) {
    if (isNodule[entry] === 1) truePositives++;
    else falsePositives++;
    if (probability[entry] === probability[entry + 1]) continue;
    if (falsePositives <= most * scans.length) {
      if (truePositives > best.truePositives) {
        best = { threshold: probability[entry]!, truePositives, falsePositives };
      }
    } else if (best.truePositives > 0) break;
    else if (truePositives > 0) {
      throw new RangeError(
        `Cannot pick a threshold with ${most} false positives a scan: the first nodule comes with ${falsePositives / scans.length}`,
      );
    }
  }
  if (best.truePositives === 0) {
    throw new RangeError(
      `Cannot pick a threshold by false positives: none of ${nodules} nodules has a candidate`,
    );
  }
  return {
    threshold: best.threshold,
    sensitivity: best.truePositives / nodules,
    falsePositivesPerScan: best.falsePositives / scans.length,
  };
}
