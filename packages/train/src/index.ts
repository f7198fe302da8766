export { EventFile, type EventImage } from './event-file.ts';
export { constantRate, cosineRate, type LearningRate } from './learning-rate.ts';
export { type MineOptions, mineFalsePositives } from './mine-false-positives.ts';
export { drawOverlay, encodePng, type OverlaySlice, type Picture } from './overlay.ts';
export { fingerprintScans, type ResumedRun, RunFolder, readRunConfig } from './run-folder.ts';
export { train } from './train.ts';
export type { BatchPlace, StopReason, TrainEvent, TrainOptions, TrainResult } from './train-options.ts';
export type { ScoredValidation, Tensors, TrainProgress, TrainState } from './train-state.ts';
export type { Loss } from './train-step.ts';
export {
  type NamedOverlay,
  type NoduleScores,
  type SliceProgress,
  type ValidateScansOptions,
  type Validation,
  type ValidationScan,
  validateScans,
} from './validate-scans.ts';
