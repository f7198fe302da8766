import type { Geometry } from '@lunet/io';

/** Volume of a voxel in mm³. */
export function voxelMm3({ spacing }: Geometry): number {
  return spacing[0] * spacing[1] * spacing[2];
}

/** Diameter in mm of the sphere of that many voxels' volume. */
export function equivalentDiameter(geometry: Geometry, voxels: number): number {
  return Math.cbrt((6 * voxels * voxelMm3(geometry)) / Math.PI);
}
