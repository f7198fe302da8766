export {
  type Chunk,
  type ChunkSet,
  type ChunkSize,
  type ChunkVoxels,
  defaultChunkSize,
} from './chunks/chunk.ts';
export { type ChunkStart, cutChunk } from './chunks/cut-chunk.ts';
export { lungPixels } from './chunks/lung-pixels.ts';
export {
  type Augmentation,
  type CropAffine,
  drawAffine,
  referenceAugmentation,
} from './crop/augmentation.ts';
export { type Crop, type CropSize, defaultCropSize } from './crop/crop.ts';
export { type CropPlace, cropAt } from './crop/crop-at.ts';
export { type FullSliceOptions, fullSlice } from './crop/full-slice.ts';
export { clipHounsfield, type NumberArray } from './crop/hounsfield.ts';
export { type ResamplePlace, resampleCrop } from './crop/resample-crop.ts';
export type { Batch } from './loader/batch.ts';
export type { Noise, Sample, StartRange } from './loader/sample.ts';
export type { StoredChunk, StoreFiles } from './store/stored-chunk.ts';
