import type { ScanMeasurement } from './scan-measurement.ts';
import { type VoxelCounts, type VoxelScores, voxelScores } from './voxel-counts.ts';

/** What one scan adds to a score; every field is a count, so that scans are added up. */
export interface ScanCounts extends VoxelCounts {
  readonly scans: number;
  readonly nodules: number;
  readonly nodulesFound: number;
  /** Candidates that lie on no nodule and no excluded finding. */
  readonly falseCandidates: number;
}

/** The score of one or more scans. */
export interface ScanScores extends VoxelScores {
  readonly nodules: number;
  readonly nodulesFound: number;
  readonly falsePositivesPerScan: number;
}

/** The counts of a measured scan, its voxels over all slices. */
export function scanCounts({ allSlices, nodules, candidates }: ScanMeasurement): ScanCounts {
  return {
    ...allSlices,
    scans: 1,
    nodules: nodules.length,
    nodulesFound: nodules.filter(({ found }) => found).length,
    falseCandidates: candidates.filter(({ liesOn }) => liesOn === 'nothing').length,
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
 * Turns counts into scores, over all voxels of all scans (micro average); empty denominators as `voxelScores` has them.
 *
 * @example
 * ```ts
 * scanScores({ truePositives: 3, falsePositives: 1, falseNegatives: 1, trueNegatives: 95,
 *   scans: 2, nodules: 2, nodulesFound: 1, falseCandidates: 3 });
 * // { recall: 0.75, precision: 0.75, dice: 0.75, nodules: 2, nodulesFound: 1, falsePositivesPerScan: 1.5 }
 * ```
 */
export function scanScores(counts: ScanCounts): ScanScores {
  return {
    ...voxelScores(counts),
    nodules: counts.nodules,
    nodulesFound: counts.nodulesFound,
    falsePositivesPerScan: counts.scans === 0 ? 0 : counts.falseCandidates / counts.scans,
  };
}
