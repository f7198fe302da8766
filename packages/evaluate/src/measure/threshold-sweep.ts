import type { ScanMeasurement } from './scan-measurement.ts';
import { sweepThresholds } from './sweep-thresholds.ts';
import { voxelScores } from './voxel-counts.ts';

/** Voxel scores over all slices of all scans at each threshold; lists of one length, plain data. */
export interface ThresholdSweep {
  /** Ascending, in [0, 1): `sweepThresholds`. A voxel is predicted where its probability is above it. */
  readonly threshold: readonly number[];
  readonly recall: readonly number[];
  readonly precision: readonly number[];
  readonly dice: readonly number[];
}

/**
 * Scores measured scans at every threshold of `sweepThresholds`, exactly, whatever they were measured at.
 *
 * @example
 * ```ts
 * const sweep = thresholdSweep([measureScan(prediction, scan)]);
 * sweep.recall[sweep.threshold.indexOf(0.5)]; // the same as measured at 0.5
 * ```
 */
export function thresholdSweep(scans: readonly Pick<ScanMeasurement, 'histogram'>[]): ThresholdSweep {
  const nodule = new Float64Array(sweepThresholds.length + 1);
  const other = new Float64Array(sweepThresholds.length + 1);
  for (const { histogram } of scans) {
    for (const [rank, voxels] of histogram.nodule) nodule[rank]! += voxels;
    for (const [rank, voxels] of histogram.other) other[rank]! += voxels;
  }
  const all = nodule.reduce((sum, voxels) => sum + voxels, 0);
  const recall: number[] = [];
  const precision: number[] = [];
  const dice: number[] = [];
  let truePositives = 0;
  let falsePositives = 0;
  for (let rank = sweepThresholds.length; rank > 0; rank--) {
    truePositives += nodule[rank]!;
    falsePositives += other[rank]!;
    const scores = voxelScores({ truePositives, falsePositives, falseNegatives: all - truePositives });
    recall.push(scores.recall);
    precision.push(scores.precision);
    dice.push(scores.dice);
  }
  return {
    threshold: sweepThresholds,
    recall: recall.reverse(),
    precision: precision.reverse(),
    dice: dice.reverse(),
  };
}
