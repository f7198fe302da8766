export { expectNoTensorLeak } from './expect-no-tensor-leak.ts';
export { type TinyVolume, tinyVolume } from './tiny-volume.ts';
export { firstDifference, type TensorLike, type Tolerance } from './to-be-close-to-tensor.ts';
export { firstVolumeDifference, type VolumeTolerance } from './to-match-volume.ts';
export type { VolumeLike } from './volume-like.ts';
