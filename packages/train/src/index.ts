export { EventFile, type EventImage } from './event-file.ts';
export { constantRate, cosineRate, type LearningRate } from './learning-rate.ts';
export { type MineOptions, mineFalsePositives } from './mine-false-positives.ts';
export { drawOverlay, encodePng, type OverlaySlice, type Picture } from './overlay.ts';
export { fingerprintScans, RunFolder } from './run-folder.ts';
export { type StopReason, type TrainEvent, type TrainOptions, type TrainResult, train } from './train.ts';
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
