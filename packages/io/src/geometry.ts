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
