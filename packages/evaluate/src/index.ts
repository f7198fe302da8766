export { bootstrapFroc, type FrocBand } from './bootstrap-froc.ts';
export type { Figure } from './create-bootstrap.ts';
export { type Candidate, type FindCandidatesOptions, findCandidates } from './find-candidates.ts';
export {
  type Components,
  type Connectivity,
  type FindComponentsOptions,
  findComponents,
} from './find-components.ts';
export { cpm, type Froc, type FrocScan, froc, officialRates, sensitivityAt } from './froc.ts';
export type { FrocPoints, FrocRanking } from './froc-curve.ts';
export { type GroupedRows, groupByScan, type ScoreRows } from './group-by-scan.ts';
export type { BootstrapOptions, Interval } from './interval.ts';
export { type CandidateMatches, matchCandidates } from './match-candidates.ts';
export {
  type MeasureScanOptions,
  measureScan,
  minimumNoduleDiameterMm,
  type ScanTruth,
} from './measure-scan.ts';
export { type CandidateOperatingPoint, pickThreshold, type VoxelOperatingPoint } from './pick-threshold.ts';
export { defaultLungMarginMm, type PredictOptions } from './predict-options.ts';
export { type PredictScanOptions, predictScan } from './predict-scan.ts';
export { type PredictedSlice, type PredictSlicesOptions, predictSlices } from './predict-slices.ts';
export { recallFirstScore } from './recall-first-score.ts';
export type { PixelSize } from './rectangle.ts';
export type {
  MeasuredCandidate,
  NoduleMeasurement,
  NodulePlace,
  ProbabilityHistogram,
  ScanMeasurement,
} from './scan-measurement.ts';
export { addScanCounts, type ScanCounts, type ScanScores, scanCounts, scanScores } from './scan-scores.ts';
export { type SizeGroup, sizeGroups } from './size-groups.ts';
export type { SlabSource } from './slab-source.ts';
export {
  type SizeSummary,
  type SummariseOptions,
  type Summary,
  summarise,
  type VoxelSummary,
} from './summarise.ts';
export { sweepThresholds } from './sweep-thresholds.ts';
export { applyThreshold, bestThreshold, type LungHistograms, lungHistograms } from './threshold-baseline.ts';
export { type ThresholdSweep, thresholdSweep } from './threshold-sweep.ts';
export { type VoxelCounts, type VoxelScores, voxelScores } from './voxel-counts.ts';
