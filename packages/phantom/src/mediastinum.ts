import { type Canvas, paint } from './canvas.ts';
import { type Patient, place } from './patient.ts';
import { addPolygons } from './polygon.ts';
import {
  addCapsule,
  addEllipsoid,
  ball,
  type Capsule,
  capsuleTouches,
  type Ellipsoid,
  type Point3,
  tube,
} from './solids.ts';
import { mediastinumPolygon } from './thorax.ts';

/** One tissue's solids between the lungs. */
interface Organ {
  readonly solids: readonly Ellipsoid[];
  readonly tubes: readonly Capsule[];
  readonly value: number;
  readonly texture: number;
}

/** Heart, great vessels, gullet and windpipe of a patient. */
export interface Mediastinum {
  readonly organs: readonly Organ[];
  /** Windpipe and main bronchi: lumen. */
  readonly airway: readonly Capsule[];
}

/** Where arteries, veins and bronchi enter a lung. */
export interface Hilum {
  readonly artery: Point3;
  readonly vein: Point3;
}

/** The root of the lung on one side (-1 right, 1 left). */
export function hilum(patient: Patient, side: -1 | 1): Hilum {
  return side < 0
    ? { artery: place(patient, -38, -2, 0.51), vein: place(patient, -34, 6, 0.44) }
    : { artery: place(patient, 39, 6, 0.545), vein: place(patient, 36, 10, 0.45) };
}

export function createMediastinum(patient: Patient): Mediastinum {
  const { tissue } = patient;
  const size = (patient.width + patient.depth) / 2;
  const at = (
    x: number,
    y: number,
    share: number,
    radius: number,
  ): readonly [number, number, number, number] => {
    const [px, py, pz] = place(patient, x, y, share);
    return [px, py, pz, radius * size];
  };
  const organ = (
    value: number,
    solids: readonly Ellipsoid[],
    tubes: readonly Capsule[],
    texture = 6,
  ): Organ => ({ solids, tubes, value, texture });
  const right = hilum(patient, -1);
  const left = hilum(patient, 1);
  const h = patient.heart * size;
  const ventricle = leftVentricle(patient, h);
  return {
    organs: [
      organ(tissue.heartMuscle, [ball(place(patient, 12, -38, 0.25), 56 * h, 42 * h, 50 * h), ventricle], []),
      organ(
        tissue.blood,
        [
          ball(place(patient, -6, -48, 0.27), 42 * h, 26 * h, 38 * h),
          ball(place(patient, -27, -22, 0.32), 22 * h, 26 * h, 36 * h),
          ball(place(patient, 4, 10, 0.41), 34 * h, 17 * h, 22 * h),
          {
            ...ventricle,
            axes: ventricle.axes.map((axis) => axis.map((v) => 0.68 * v)) as unknown as Ellipsoid['axes'],
          },
        ],
        [],
      ),
      // Fat in the grooves of the heart.
      organ(
        tissue.fat + 30,
        [],
        [
          ...tube([at(-20, -62, 0.2, 4), at(-4, -50, 0.27, 4.5), at(2, -44, 0.36, 4)]),
          ...tube([at(52, -44, 0.3, 2.5), at(34, -12, 0.33, 3.5), at(14, 0, 0.32, 4), at(-16, -6, 0.28, 4)]),
          ...tube([at(20, -72, 0.15, 3), at(24, -66, 0.26, 3.5), at(20, -50, 0.38, 4)]),
        ],
        10,
      ),
      organ(
        tissue.blood,
        [],
        [
          ...tube([at(12, -52, 0.4, 14), at(15, -42, 0.5, 14.5), at(17, -30, 0.555, 13)]),
          ...tube([at(17, -30, 0.555, 12.5), at(32, -6, 0.575, 11), [...left.artery, 9 * size]]),
          ...tube([at(14, -26, 0.54, 11.5), at(-12, -10, 0.53, 10.5), [...right.artery, 9.5 * size]]),
          ...tube([at(-20, 8, 0.42, 9), [...right.vein, 7 * size]]),
          ...tube([at(24, 10, 0.43, 9), [...left.vein, 7 * size]]),
          ...tube([
            at(-24, -26, 0.33, 10),
            at(-24, -24, 0.5, 9.5),
            at(-22, -24, 0.66, 8.5),
            at(-20, -30, 0.82, 8),
            at(-26, -30, 1.02, 6.5),
          ]),
          ...tube([at(-20, -30, 0.8, 7), at(4, -42, 0.83, 6.5), at(24, -38, 0.9, 6.5), at(40, -24, 1.02, 6)]),
          ...tube([at(-22, -14, 0.62, 4), at(-14, 22, 0.63, 4), at(-9, 38, 0.55, 3.6), at(-7, 42, 0, 3.4)]),
        ],
      ),
      organ(
        tissue.aorta,
        [],
        [
          ...tube([
            at(4, -28, 0.38, 15),
            at(-8, -32, 0.5, 16),
            at(-10, -30, 0.62, 15.5),
            at(-5, -20, 0.72, 14),
            at(8, -2, 0.76, 13),
            at(20, 20, 0.73, 12.5),
            at(23, 36, 0.64, 12),
            at(23, 42, 0.5, 12),
            at(20, 42, 0.3, 11.5),
            at(8, 40, 0, 11),
            at(4, 40, -0.15, 10.5),
          ]),
          ...tube([at(-3, -18, 0.74, 6.5), at(-12, -14, 0.86, 6.5), at(-24, -6, 1.02, 5)]),
          ...tube([at(6, -4, 0.76, 4), at(13, -4, 0.88, 4), at(18, -4, 1.04, 4)]),
          ...tube([at(16, 12, 0.76, 5), at(22, 14, 0.88, 5), at(34, 2, 1.03, 4.5)]),
        ],
        4,
      ),
      organ(
        tissue.muscle - 8,
        [],
        [
          ...tube([
            at(5, 32, 1.1, 6.5),
            at(6, 33, 0.7, 6.5),
            at(3, 32, 0.5, 7),
            at(6, 28, 0.2, 8),
            at(12, 18, 0, 9),
          ]),
          // A few lymph nodes.
          ...tube([at(-14, 0, 0.69, 3.5), at(-15, 3, 0.71, 3)]),
          ...tube([at(3, 12, 0.585, 5), at(-4, 10, 0.57, 4)]),
          ...tube([at(21, -10, 0.66, 3.5), at(22, -6, 0.67, 3)]),
        ],
      ),
      // The thyroid's lower poles.
      organ(
        tissue.muscle + 55,
        [],
        [
          ...tube([at(-15, -2, 1.0, 7), at(-17, -4, 1.1, 9)]),
          ...tube([at(15, -2, 1.02, 6), at(17, -4, 1.1, 9)]),
        ],
      ),
    ],
    airway: [
      ...tube([at(0, 4, 1.1, 8.6), at(0, 14, 0.85, 8.6), at(-1, 19, 0.68, 9), at(-1, 18, 0.635, 9)]),
      ...tube([
        at(-4, 18, 0.635, 7.2),
        at(-20, 15, 0.585, 7),
        [right.artery[0] + 4, right.artery[1] + 8.6, right.artery[2] - 6.3, 4.2 * size],
      ]),
      ...tube([
        at(3, 18, 0.632, 6.6),
        at(20, 18, 0.575, 6.2),
        [left.artery[0] - 4, left.artery[1] + 8.6, left.artery[2] - 6.3, 4.2 * size],
      ]),
    ],
  };
}

/** The long axis points to the left, forwards and down. */
function leftVentricle(patient: Patient, h: number): Ellipsoid {
  const along: Point3 = [0.74, -0.52, -0.43];
  const across: Point3 = [0.575, 0.818, 0];
  const third: Point3 = [
    along[1] * across[2] - along[2] * across[1],
    along[2] * across[0] - along[0] * across[2],
    along[0] * across[1] - along[1] * across[0],
  ];
  const scaled = (axis: Point3, length: number): Point3 => [
    axis[0] * length,
    axis[1] * length,
    axis[2] * length,
  ];
  return {
    center: place(patient, 32, -32, 0.25),
    axes: [scaled(along, 56 * h), scaled(across, 38 * h), scaled(third, 38 * h)],
  };
}

export function drawMediastinum(
  canvas: Canvas,
  patient: Patient,
  mediastinum: Mediastinum,
  cavity: Float32Array,
  z: number,
): void {
  addPolygons(canvas, [mediastinumPolygon(patient, z)]);
  paint(canvas, patient.tissue.fat + 12, { texture: 14, within: cavity });
  for (const { solids, tubes, value, texture } of mediastinum.organs) {
    for (const solid of solids) addEllipsoid(canvas, solid, z);
    for (const capsule of tubes)
      if (capsuleTouches(capsule, z, canvas.frame.thickness)) addCapsule(canvas, capsule, z);
    paint(canvas, value, { texture, within: cavity });
  }
}

/** The windpipe and main bronchi: a wall of 1.2 mm around air. */
export function drawAirway(canvas: Canvas, patient: Patient, airway: readonly Capsule[], z: number): void {
  const near = airway.filter((capsule) => capsuleTouches(capsule, z, canvas.frame.thickness + 4));
  if (near.length === 0) return;
  for (const capsule of near) addCapsule(canvas, capsule, z, 1.2);
  paint(canvas, patient.tissue.muscle - 20);
  for (const capsule of near) addCapsule(canvas, capsule, z);
  paint(canvas, -985);
}
