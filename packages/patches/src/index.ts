export {
  type Augmentation,
  type CropAffine,
  drawAffine,
  referenceAugmentation,
} from './augmentation.ts';
export type { Batch } from './batch.ts';
export { type Chunk, type ChunkSet, type ChunkSize, type ChunkVoxels, defaultChunkSize } from './chunk.ts';
export { type Crop, type CropSize, defaultCropSize } from './crop.ts';
export { type CropPlace, cropAt } from './crop-at.ts';
export { type ChunkStart, cutChunk } from './cut-chunk.ts';
export { type FullSliceOptions, fullSlice } from './full-slice.ts';
export { clipHounsfield, type NumberArray } from './hounsfield.ts';
export { lungPixels } from './lung-pixels.ts';
export { type ResamplePlace, resampleCrop } from './resample-crop.ts';
export type { Noise, Sample, StartRange } from './sample.ts';
export type { StoredChunk, StoreFiles } from './stored-chunk.ts';
