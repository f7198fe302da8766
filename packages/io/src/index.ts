export type { Geometry, Index, Matrix3, Size, Spacing, World } from './geometry.ts';
export { toVoxels, type Volume, type VoxelArray, type Voxels, type VoxelValue } from './volume.ts';
