/** A range of nodule diameters. */
export interface SizeGroup {
  readonly name: string;
  /** Whether a diameter in mm is in it. */
  readonly holds: (diameterMm: number) => boolean;
}

/** Nodules by diameter; 5 and 10 mm are both in the middle group. */
export const sizeGroups: readonly SizeGroup[] = [
  { name: '< 5 mm', holds: (diameterMm) => diameterMm < 5 },
  { name: '5–10 mm', holds: (diameterMm) => diameterMm >= 5 && diameterMm <= 10 },
  { name: '> 10 mm', holds: (diameterMm) => diameterMm > 10 },
];
