import type { World } from '@lunet/io';

/** A ball in the patient's frame; a LUNA16 nodule is one. */
export interface Sphere {
  /** Centre, LPS, in mm. */
  readonly centerWorld: World;
  /** Diameter in mm, greater than 0. */
  readonly diameterMm: number;
}
