import { closeOutline, curve, ellipsePolygon, type HalfOutline, halfOutline, type Point } from './curve.ts';
import type { Patient } from './patient.ts';

/*
 * The chest's outlines at any height. Tables are for a chest of half width 107 mm; the first column is the height
 * as a share of the lungs', 0 at the lowest recess and 1 at the apex.
 */

const cavityPoints: readonly Point[] = [
  [0, -84],
  [28, -91],
  [64, -82],
  [93, -48],
  [107, 0],
  [104, 40],
  [84, 73],
  [54, 88],
  [27, 84],
  [0, 78],
];
const cavityWidth = curve([
  [-0.1, 1.06],
  [0, 1.07],
  [0.2, 1.06],
  [0.45, 1.02],
  [0.6, 0.97],
  [0.72, 0.89],
  [0.82, 0.78],
  [0.9, 0.66],
  [0.96, 0.53],
  [1, 0.41],
  [1.05, 0.3],
]);
const cavityFront = curve([
  [0, 0.86],
  [0.2, 0.98],
  [0.4, 1.02],
  [0.6, 0.97],
  [0.72, 0.84],
  [0.82, 0.63],
  [0.9, 0.38],
  [0.96, 0.16],
  [1, -0.08],
  [1.05, -0.2],
]);
const cavityBack = curve([
  [0, 0.98],
  [0.3, 1],
  [0.6, 0.97],
  [0.75, 0.9],
  [0.88, 0.78],
  [0.96, 0.66],
  [1, 0.52],
  [1.05, 0.4],
]);

/** Inner surface of the rib cage. */
export function cavityOutline(patient: Patient, z: number): HalfOutline {
  const t = z / patient.height;
  return shaped(
    patient,
    cavityPoints,
    cavityWidth(t) * patient.width,
    cavityFront(t) * patient.depth,
    cavityBack(t) * patient.depth,
  );
}

const bodyPoints: readonly Point[] = [
  [0, -99],
  [40, -107],
  [90, -99],
  [126, -64],
  [143, -6],
  [142, 45],
  [120, 90],
  [72, 114],
  [28, 115],
  [0, 109],
];
const bodyWidth = curve([
  [-0.1, 0.98],
  [0.1, 1],
  [0.4, 1.02],
  [0.65, 1.05],
  [0.8, 1.12],
  [0.95, 1.16],
  [1.1, 1.1],
]);
const bodyFront = curve([
  [-0.1, 1],
  [0, 0.99],
  [0.3, 1.03],
  [0.6, 1.0],
  [0.75, 0.9],
  [0.86, 0.74],
  [0.95, 0.55],
  [1.02, 0.45],
  [1.1, 0.4],
]);
const bodyBack = curve([
  [-0.1, 1],
  [0.4, 1.01],
  [0.7, 1.04],
  [0.9, 1],
  [1.1, 0.9],
]);

/** The muscles' envelope; fat and skin lie around it. */
export function bodyOutline(patient: Patient, z: number): HalfOutline {
  const t = z / patient.height;
  return shaped(
    patient,
    bodyPoints,
    bodyWidth(t) * patient.width,
    bodyFront(t) * patient.depth,
    bodyBack(t) * patient.depth,
  );
}

function shaped(
  patient: Patient,
  points: readonly Point[],
  width: number,
  front: number,
  back: number,
): HalfOutline {
  const outline = halfOutline(points.map(([x, y]) => [x * width, y * (y < 0 ? front : back)] as const));
  return { ...outline, lean: patient.lean, stretch: patient.stretch };
}

const sides = ['right', 'left'] as const;
const mediastinumY: readonly number[] = [-1.1, -0.86, -0.62, -0.25, 0.1, 0.42, 0.74, 1.02];

/** Half widths at the heights `mediastinumY` (shares of front and back), from the breastbone to the spine. */
const mediastinum = {
  right: [
    [
      [0, 40],
      [0.1, 20],
      [0.25, 5],
      [0.4, 2],
      [0.6, 1.5],
      [0.7, 4],
      [0.8, 18],
      [0.9, 30],
      [1, 50],
    ],
    [
      [0, 42],
      [0.1, 30],
      [0.25, 10],
      [0.4, 5],
      [0.6, 3],
      [0.7, 8],
      [0.8, 24],
      [0.9, 32],
      [1, 54],
    ],
    [
      [0, 44],
      [0.12, 36],
      [0.25, 24],
      [0.4, 17],
      [0.6, 16],
      [0.7, 20],
      [0.8, 26],
      [0.9, 32],
      [1, 54],
    ],
    [
      [0, 42],
      [0.12, 36],
      [0.25, 32],
      [0.4, 27],
      [0.6, 26],
      [0.7, 24],
      [0.8, 27],
      [0.9, 30],
      [1, 50],
    ],
    [
      [0, 34],
      [0.12, 27],
      [0.25, 25],
      [0.4, 26],
      [0.55, 24],
      [0.7, 19],
      [0.8, 20],
      [0.9, 25],
      [1, 46],
    ],
    [
      [0, 27],
      [0.2, 19],
      [0.4, 16],
      [0.6, 16],
      [0.8, 17],
      [0.9, 22],
      [1, 46],
    ],
    [
      [0, 26],
      [0.2, 22],
      [0.6, 20],
      [0.8, 20],
      [0.9, 23],
      [1, 46],
    ],
    [
      [0, 36],
      [0.2, 30],
      [0.6, 28],
      [0.8, 26],
      [0.9, 28],
      [1, 48],
    ],
  ],
  left: [
    [
      [0, 50],
      [0.1, 34],
      [0.25, 14],
      [0.4, 5],
      [0.6, 1.5],
      [0.7, 4],
      [0.8, 18],
      [0.9, 30],
      [1, 50],
    ],
    [
      [0, 54],
      [0.1, 48],
      [0.25, 30],
      [0.4, 13],
      [0.6, 4],
      [0.7, 9],
      [0.8, 22],
      [0.9, 30],
      [1, 54],
    ],
    [
      [0, 58],
      [0.12, 52],
      [0.25, 42],
      [0.4, 26],
      [0.6, 14],
      [0.7, 17],
      [0.8, 24],
      [0.9, 30],
      [1, 54],
    ],
    [
      [0, 50],
      [0.12, 46],
      [0.25, 40],
      [0.4, 30],
      [0.6, 22],
      [0.7, 22],
      [0.8, 24],
      [0.9, 29],
      [1, 50],
    ],
    [
      [0, 36],
      [0.12, 32],
      [0.25, 30],
      [0.4, 29],
      [0.6, 26],
      [0.7, 25],
      [0.8, 24],
      [0.9, 26],
      [1, 46],
    ],
    [
      [0, 28],
      [0.2, 26],
      [0.6, 26],
      [0.8, 22],
      [0.9, 23],
      [1, 46],
    ],
    [
      [0, 26],
      [0.2, 22],
      [0.6, 21],
      [0.8, 20],
      [0.9, 23],
      [1, 46],
    ],
    [
      [0, 36],
      [0.2, 30],
      [0.6, 28],
      [0.8, 26],
      [0.9, 28],
      [1, 48],
    ],
  ],
} as const;
const mediastinumHalf = {
  right: mediastinum.right.map((knots) => curve(knots)),
  left: mediastinum.left.map((knots) => curve(knots)),
};

/** The fat and the vessels between the lungs, from the breastbone to behind the spine. */
export function mediastinumPolygon(patient: Patient, z: number): Float64Array {
  const t = z / patient.height;
  const front = 86 * Math.max(0.35, cavityFront(t)) * patient.depth;
  const back = 80 * patient.depth;
  const points: number[] = [];
  for (const side of sides) {
    const row = mediastinumHalf[side].map((half, i) => {
      const y = mediastinumY[i]!;
      return [(side === 'right' ? -1 : 1) * half(t) * patient.width, y * (y < 0 ? front : back)] as const;
    });
    points.push(...smooth(side === 'right' ? row.reverse() : row));
  }
  return Float64Array.from(points);
}

function smooth(row: readonly Point[]): number[] {
  const points: number[] = [];
  for (let i = 0; i + 1 < row.length; i++) {
    const [a, b, c, d] = [
      row[Math.max(0, i - 1)]!,
      row[i]!,
      row[i + 1]!,
      row[Math.min(row.length - 1, i + 2)]!,
    ];
    for (let k = 0; k < 6; k++) {
      const t = k / 6;
      for (const axis of [0, 1] as const) {
        const [p, q, r, s] = [a[axis], b[axis], c[axis], d[axis]];
        points.push(q + 0.5 * t * (r - p + t * (2 * p - 5 * q + 4 * r - s + t * (3 * (q - r) + s - p))));
      }
    }
  }
  return [...points, ...row[row.length - 1]!];
}

/** A dome of the diaphragm cut at height z, or undefined above its top; the left one is lower. */
export function domePolygon(patient: Patient, side: -1 | 1, z: number): Float64Array | undefined {
  const top = side < 0 ? patient.dome : patient.dome - 14;
  const depth = (top - z) / (top + 4);
  if (depth <= 0) return undefined;
  const reach = Math.sqrt(depth * (2 - Math.min(1, depth)));
  // Near the bottom the dome meets the chest wall all round, which closes the recess.
  const flare = 1 + 0.4 * Math.max(0, 1 - z / 22) ** 2;
  const center: Point = [side * 54 * patient.width, -12 * patient.depth];
  return ellipsePolygon(
    center,
    55 * reach * flare * patient.width,
    76 * reach * flare * patient.depth,
    side * 0.12,
    64,
  );
}

/** All of an outline's polygon. */
export function cavityPolygon(patient: Patient, z: number, outwards = 0): Float64Array {
  return closeOutline(cavityOutline(patient, z), outwards);
}
