/** Voxel counts along x, y and z. */
export type Size = readonly [x: number, y: number, z: number];

/** Continuous voxel coordinate; `[0, 0, 0]` is the centre of the first voxel. */
export type Index = readonly [x: number, y: number, z: number];

/** Point in the patient's frame, LPS, in mm. */
export type World = readonly [x: number, y: number, z: number];

/** Distance between voxel centres along x, y and z, in mm. */
export type Spacing = readonly [x: number, y: number, z: number];

/** Row-major 3×3 matrix. */
export type Matrix3 = readonly [
  m00: number,
  m01: number,
  m02: number,
  m10: number,
  m11: number,
  m12: number,
  m20: number,
  m21: number,
  m22: number,
];

/** Where a grid of voxels lies in the patient, as ITK names it; plain data. */
export interface Geometry {
  readonly size: Size;
  readonly spacing: Spacing;
  /** World coordinate of the centre of voxel `[0, 0, 0]`. */
  readonly origin: World;
  /** ITK's direction cosines: column `a` is the unit vector of axis `a` (the transpose of MetaImage's TransformMatrix). */
  readonly direction: Matrix3;
}

/** A run of voxels along each axis: the first index and the count, x y z. */
export interface Box {
  readonly start: Size;
  readonly size: Size;
}

/** Axes along the patient's: the direction of most CTs. */
export const identityDirection: Matrix3 = [1, 0, 0, 0, 1, 0, 0, 0, 1];

/**
 * Maps a continuous voxel index to LPS mm: `world = origin + direction · (spacing ∘ index)`, ITK's
 * `TransformContinuousIndexToPhysicalPoint`.
 *
 * @example
 * ```ts
 * const flipped: Geometry = {
 *   size: [512, 512, 121],
 *   spacing: [0.75, 0.75, 2.5],
 *   origin: [198, 195, -335],
 *   direction: [-1, 0, 0, 0, -1, 0, 0, 0, 1],
 * };
 * indexToWorld(flipped, [100, 40, 10]); // [123, 165, -310]
 * ```
 */
export function indexToWorld(geometry: Geometry, index: Index): World {
  const { spacing, origin, direction: d } = geometry;
  const x = index[0] * spacing[0];
  const y = index[1] * spacing[1];
  const z = index[2] * spacing[2];
  return [
    origin[0] + d[0] * x + d[1] * y + d[2] * z,
    origin[1] + d[3] * x + d[4] * y + d[5] * z,
    origin[2] + d[6] * x + d[7] * y + d[8] * z,
  ];
}

/**
 * Maps a point in LPS mm to a continuous voxel index: the inverse of {@link indexToWorld}.
 *
 * The index is not rounded and not clipped: voxel `i` covers `[i - 0.5, i + 0.5)`, and a point outside the volume
 * gets an index outside `[-0.5, size - 0.5)`.
 *
 * @throws {RangeError} if the direction matrix is singular.
 * @example
 * ```ts
 * const flipped: Geometry = {
 *   size: [512, 512, 121],
 *   spacing: [0.75, 0.75, 2.5],
 *   origin: [198, 195, -335],
 *   direction: [-1, 0, 0, 0, -1, 0, 0, 0, 1],
 * };
 * worldToIndex(flipped, [123, 165, -310]); // [100, 40, 10]
 * ```
 */
export function worldToIndex(geometry: Geometry, world: World): Index {
  const { spacing, origin, direction: d } = geometry;
  // The adjugate over the determinant: the direction need not be orthonormal, headers round their cosines.
  const c0 = d[4] * d[8] - d[5] * d[7];
  const c1 = d[5] * d[6] - d[3] * d[8];
  const c2 = d[3] * d[7] - d[4] * d[6];
  const determinant = d[0] * c0 + d[1] * c1 + d[2] * c2;
  if (!(Math.abs(determinant) > 0)) {
    throw new RangeError(`Cannot map world to index: direction ${d.join(' ')} is singular`);
  }
  const x = (world[0] - origin[0]) / determinant;
  const y = (world[1] - origin[1]) / determinant;
  const z = (world[2] - origin[2]) / determinant;
  return [
    (c0 * x + (d[2] * d[7] - d[1] * d[8]) * y + (d[1] * d[5] - d[2] * d[4]) * z) / spacing[0],
    (c1 * x + (d[0] * d[8] - d[2] * d[6]) * y + (d[2] * d[3] - d[0] * d[5]) * z) / spacing[1],
    (c2 * x + (d[1] * d[6] - d[0] * d[7]) * y + (d[0] * d[4] - d[1] * d[3]) * z) / spacing[2],
  ];
}

/**
 * The geometry of a box of a volume's voxels: `start` becomes index `[0, 0, 0]`, every voxel keeps its world
 * coordinate.
 *
 * @throws {RangeError} if the box is empty, fractional or not inside the volume.
 * @example
 * ```ts
 * const geometry: Geometry = {
 *   size: [4, 4, 8],
 *   spacing: [1, 1, 2.5],
 *   origin: [0, 0, -100],
 *   direction: identityDirection,
 * };
 * boxGeometry(geometry, { start: [1, 0, 2], size: [2, 4, 3] }).origin; // [1, 0, -95]
 * ```
 */
export function boxGeometry(geometry: Geometry, box: Box): Geometry {
  const { start, size } = box;
  const inside = [0, 1, 2].every(
    (axis) =>
      Number.isInteger(start[axis]) &&
      Number.isInteger(size[axis]) &&
      start[axis]! >= 0 &&
      size[axis]! >= 1 &&
      start[axis]! + size[axis]! <= geometry.size[axis]!,
  );
  if (!inside) {
    throw new RangeError(
      `Cannot take box: ${size.join('x')} voxels from ${start.join(',')} are not in a volume of ${geometry.size.join('x')}`,
    );
  }
  return { ...geometry, size, origin: indexToWorld(geometry, start) };
}
