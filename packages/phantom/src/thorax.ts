import { catmullRom, curve, ellipsePolygon, type HalfOutline, halfOutline, type Point } from './curve.ts';
import type { Patient } from './patient.ts';

/*
 * The chest's outlines at any height, for a chest of half width 107 mm. A height is a share of the lungs': 0 at their
 * lowest recess, 1 at the apex.
 */

const cavityX = [0, 28, 64, 93, 107, 104, 84, 54, 27, 0] as const;
const cavityY = [-84, -91, -82, -48, 0, 40, 73, 88, 84, 78] as const;
const cavityHeights = [-0.1, 0, 0.2, 0.45, 0.6, 0.72, 0.82, 0.9, 0.96, 1, 1.05] as const;
const cavityWidth = curve(cavityHeights, [1.06, 1.07, 1.06, 1.02, 0.97, 0.89, 0.78, 0.66, 0.53, 0.41, 0.3]);
const cavityFront = curve(cavityHeights, [0.84, 0.86, 0.98, 1.02, 0.97, 0.84, 0.63, 0.38, 0.16, -0.08, -0.2]);
const cavityBack = curve(cavityHeights, [0.98, 0.98, 1, 0.99, 0.97, 0.92, 0.84, 0.75, 0.66, 0.52, 0.4]);

/** Inner surface of the rib cage. */
export function cavityOutline(patient: Patient, z: number): HalfOutline {
  const t = z / patient.height;
  return shape(patient, cavityX, cavityY, cavityWidth(t), cavityFront(t), cavityBack(t));
}

const bodyX = [0, 40, 90, 126, 143, 142, 120, 72, 28, 0] as const;
const bodyY = [-99, -107, -99, -64, -6, 45, 90, 114, 115, 109] as const;
const bodyHeights = [-0.1, 0.1, 0.35, 0.6, 0.75, 0.86, 0.95, 1.02, 1.1] as const;
const bodyWidth = curve(bodyHeights, [0.98, 1, 1.02, 1.05, 1.09, 1.14, 1.16, 1.14, 1.1]);
const bodyFront = curve(bodyHeights, [1, 1, 1.03, 1, 0.9, 0.74, 0.55, 0.45, 0.4]);
const bodyBack = curve(bodyHeights, [1, 1, 1.01, 1.03, 1.04, 1.02, 0.98, 0.94, 0.9]);

/** The muscles' envelope; fat and skin lie around it. */
export function bodyOutline(patient: Patient, z: number): HalfOutline {
  const t = z / patient.height;
  return shape(patient, bodyX, bodyY, bodyWidth(t), bodyFront(t), bodyBack(t));
}

function shape(
  { width, depth, lean, stretch }: Patient,
  px: readonly number[],
  py: readonly number[],
  wide: number,
  front: number,
  back: number,
): HalfOutline {
  const x = px.map((at) => at * wide * width);
  const y = py.map((at) => at * (at < 0 ? front : back) * depth);
  return { ...halfOutline(x, y), lean, stretch };
}

/** Half widths of the mediastinum: a row for each place from the breastbone to behind the spine, a column a height. */
const mediastinumHeights = [0, 0.12, 0.25, 0.4, 0.6, 0.7, 0.8, 0.9, 1] as const;
const mediastinumY = [-1.1, -0.86, -0.62, -0.25, 0.1, 0.42, 0.74, 1.02] as const;
const mediastinumRight = [
  [40, 18, 5, 2, 1.5, 4, 18, 30, 50],
  [42, 28, 10, 5, 3, 8, 24, 32, 54],
  [44, 36, 24, 17, 16, 20, 26, 32, 54],
  [42, 36, 32, 27, 26, 24, 27, 30, 50],
  [34, 27, 25, 26, 24, 19, 20, 25, 46],
  [27, 23, 18, 16, 16, 16, 17, 22, 46],
  [20, 17, 16, 15, 15, 15, 15, 18, 44],
  [18, 16, 15, 14, 14, 14, 14, 16, 44],
].map((row) => curve(mediastinumHeights, row));
const mediastinumLeft = [
  [50, 32, 14, 5, 1.5, 4, 18, 30, 50],
  [54, 46, 30, 13, 4, 9, 22, 30, 54],
  [58, 52, 42, 26, 14, 17, 24, 30, 54],
  [50, 46, 40, 30, 22, 22, 24, 29, 50],
  [36, 32, 30, 29, 26, 25, 24, 26, 46],
  [28, 27, 26, 26, 26, 24, 22, 23, 46],
  [24, 22, 20, 19, 19, 18, 18, 20, 44],
  [18, 16, 15, 14, 14, 14, 14, 16, 44],
].map((row) => curve(mediastinumHeights, row));

/** The fat and the vessels between the lungs, from the breastbone to behind the spine, as a polygon. */
export function mediastinumPolygon(patient: Patient, z: number): Float64Array {
  const t = z / patient.height;
  const front = 86 * Math.max(0.35, cavityFront(t)) * patient.depth;
  const back = 80 * patient.depth;
  const row = (side: -1 | 1): Point[] =>
    (side < 0 ? mediastinumRight : mediastinumLeft).map((half, i) => {
      const y = mediastinumY[i]!;
      return [side * half(t) * patient.width, y * (y < 0 ? front : back)];
    });
  return Float64Array.from([...smooth(row(-1).reverse()), ...smooth(row(1))]);
}

function smooth(row: readonly Point[], steps = 6): number[] {
  const points: number[] = [];
  const last = row.length - 1;
  for (let k = 0; k <= last * steps; k++) {
    const i = Math.min(last - 1, Math.floor(k / steps));
    const [a, b, c, d] = [row[Math.max(0, i - 1)]!, row[i]!, row[i + 1]!, row[Math.min(last, i + 2)]!];
    const t = k / steps - i;
    points.push(catmullRom(a[0], b[0], c[0], d[0], t), catmullRom(a[1], b[1], c[1], d[1], t));
  }
  return points;
}

/** A dome of the diaphragm (-1 right, 1 left) cut at height z, or undefined above its top; the left one is lower. */
export function domePolygon(patient: Patient, side: -1 | 1, z: number): Float64Array | undefined {
  const top = side < 0 ? patient.dome : patient.dome - 14;
  const depth = (top - z) / (top + 4);
  if (depth <= 0) return undefined;
  const reach = Math.sqrt(depth * (2 - Math.min(1, depth)));
  // Near the bottom the dome meets the chest wall all round, which closes the recess.
  const flare = 1 + 0.4 * Math.max(0, 1 - z / 22) ** 2;
  const center: Point = [side * 54 * patient.width, -12 * patient.depth];
  const [wide, long] = [55 * reach * flare * patient.width, 76 * reach * flare * patient.depth];
  return ellipsePolygon(center, wide, long, side * 0.12, 64);
}
