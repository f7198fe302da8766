export { formatAnnotations, type Nodule, parseAnnotations } from './annotations.ts';
export { type CandidateRow, formatCandidates, parseCandidates } from './candidates.ts';
export { type CsvRow, parseCsv } from './csv.ts';
export { type DecodeMetaImageOptions, decodeMetaImage } from './decode-metaimage.ts';
export { type ElementType, elementTypeOf, elementTypes } from './element-type.ts';
export { formatMetaImageHeader, type MetaImageData } from './format-metaimage-header.ts';
export {
  type Box,
  boxGeometry,
  type Geometry,
  type Index,
  identityDirection,
  indexToWorld,
  type Matrix3,
  type Size,
  type Spacing,
  type World,
  worldToIndex,
} from './geometry.ts';
export { type MetaImageHeader, parseMetaImageHeader } from './metaimage-header.ts';
export { formatPredictions, type Mark, parsePredictions } from './predictions.ts';
export { parseSeriesUids } from './series-uids.ts';
export { toVoxels, type Volume, type VoxelArray, type Voxels, type VoxelValue } from './volume.ts';
