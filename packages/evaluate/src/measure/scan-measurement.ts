import type { World } from '@lunet/io';
import type { Candidate } from '../candidates/find-candidates.ts';
import type { VoxelCounts } from './voxel-counts.ts';

/** Everything that is measured of one scan: plain data, so that it can be kept as JSON and summarised later. */
export interface ScanMeasurement {
  readonly seriesUid: string;
  /** The operating threshold: a voxel is predicted where its probability is above it. */
  readonly threshold: number;
  readonly allSlices: VoxelCounts;
  /** Of the slices only that hold a voxel of the truth. */
  readonly noduleSlices: VoxelCounts;
  /** In the order given. */
  readonly nodules: readonly NoduleMeasurement[];
  readonly excluded: readonly NodulePlace[];
  /** The most probable first. */
  readonly candidates: readonly MeasuredCandidate[];
  readonly histogram: ProbabilityHistogram;
}

/** What a nodule is to the measurements. */
export interface NodulePlace {
  readonly centerWorld: World;
  readonly diameterMm: number;
}

/** How well one nodule was found and outlined; `measureScan` says what its prediction is. */
export interface NoduleMeasurement extends NodulePlace {
  /** Whether any of the candidates lies on it, by LUNA16's official rule. */
  readonly found: boolean;
  /** Of the most probable candidate on it; null if there is none. */
  readonly probability: number | null;
  /** Overlap of its sphere and its prediction, 0 … 1; 0 if no predicted voxel touches it. */
  readonly dice: number;
  /** Volume of its sphere as rasterised, within the scan. */
  readonly truthMm3: number;
  readonly predictedMm3: number;
  /** (predicted − truth) / truth, −1 if nothing was predicted; null if the sphere has no voxel in the scan. */
  readonly volumeError: number | null;
}

/** A candidate and what it lies on, by LUNA16's official rule; one on a nodule and on a finding lies on the nodule. */
export interface MeasuredCandidate extends Candidate {
  readonly liesOn: 'nodule' | 'finding' | 'nothing';
}

/**
 * How many voxels have which probability, nodule voxels and others apart.
 *
 * Pairs of a rank and a count, ranks ascending, no count of 0. The rank is the number of `sweepThresholds` that lie
 * below the probability: such a voxel is predicted at exactly the thresholds 0 … rank − 1.
 */
export interface ProbabilityHistogram {
  readonly nodule: readonly (readonly [rank: number, voxels: number])[];
  readonly other: readonly (readonly [rank: number, voxels: number])[];
}
