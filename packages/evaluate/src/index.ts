export { type Candidate, type FindCandidatesOptions, findCandidates } from './find-candidates.ts';
export {
  type Components,
  type Connectivity,
  type FindComponentsOptions,
  findComponents,
} from './find-components.ts';
export { type ComponentLabels, labelComponents } from './label-components.ts';
export { type CandidateMatches, matchCandidates } from './match-candidates.ts';
export {
  type PredictedSlice,
  type PredictSlicesOptions,
  predictScan,
  predictSlices,
} from './predict-scan.ts';
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
