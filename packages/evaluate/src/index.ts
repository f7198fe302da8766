export type { Figure } from './bootstrap/create-bootstrap.ts';
export type { BootstrapOptions, Interval } from './bootstrap/interval.ts';
export type { CandidateOptions } from './candidates/candidate-components.ts';
export { candidateMask } from './candidates/candidate-mask.ts';
export { type Candidate, type FindCandidatesOptions, findCandidates } from './candidates/find-candidates.ts';
export {
  type Components,
  type Connectivity,
  type FindComponentsOptions,
  findComponents,
} from './candidates/find-components.ts';
export { bootstrapFroc, type FrocBand } from './froc/bootstrap-froc.ts';
export { cpm, type Froc, type FrocScan, froc, officialRates, sensitivityAt } from './froc/froc.ts';
export type { FrocPoints, FrocRanking } from './froc/froc-curve.ts';
export { type GroupedRows, groupByScan, type ScoreRows } from './froc/group-by-scan.ts';
export { type CandidateMatches, matchCandidates } from './froc/match-candidates.ts';
export {
  type MeasureScanOptions,
  measureScan,
  minimumNoduleDiameterMm,
  type ScanTruth,
} from './measure/measure-scan.ts';
export {
  type CandidateOperatingPoint,
  pickThreshold,
  type VoxelOperatingPoint,
} from './measure/pick-threshold.ts';
export { recallFirstScore } from './measure/recall-first-score.ts';
export type {
  MeasuredCandidate,
  NoduleMeasurement,
  NodulePlace,
  ProbabilityHistogram,
  ScanMeasurement,
} from './measure/scan-measurement.ts';
export {
  addScanCounts,
  type ScanCounts,
  type ScanScores,
  scanCounts,
  scanScores,
} from './measure/scan-scores.ts';
export { type SizeGroup, sizeGroups } from './measure/size-groups.ts';
export {
  type SizeSummary,
  type SummariseOptions,
  type Summary,
  summarise,
  type VoxelSummary,
} from './measure/summarise.ts';
export { sweepThresholds } from './measure/sweep-thresholds.ts';
export {
  applyThreshold,
  bestThreshold,
  type LungHistograms,
  lungHistograms,
} from './measure/threshold-baseline.ts';
export { type ThresholdSweep, thresholdSweep } from './measure/threshold-sweep.ts';
export { type VoxelCounts, type VoxelScores, voxelScores } from './measure/voxel-counts.ts';
export { defaultLungMarginMm, type PredictOptions } from './predict/predict-options.ts';
export { type PredictScanOptions, predictScan } from './predict/predict-scan.ts';
export { type PredictedSlice, type PredictSlicesOptions, predictSlices } from './predict/predict-slices.ts';
export type { PixelSize } from './predict/rectangle.ts';
export type { SlabSource } from './predict/slab-source.ts';
