export { bootstrapFroc, type FrocBand } from './bootstrap-froc.ts';
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
export { type ComponentLabels, labelComponents } from './label-components.ts';
export { type CandidateMatches, matchCandidates } from './match-candidates.ts';
export { defaultLungMarginMm, type PredictOptions } from './predict-options.ts';
export { type PredictScanOptions, predictScan } from './predict-scan.ts';
export { type PredictedSlice, type PredictSlicesOptions, predictSlices } from './predict-slices.ts';
export {
  addScanCounts,
  minimumNoduleDiameterMm,
  recallFirstScore,
  type ScanCounts,
  type ScanScores,
  scanScores,
  scoreScan,
} from './score-scan.ts';
export { applyThreshold, bestThreshold, type LungHistograms, lungHistograms } from './threshold-baseline.ts';
