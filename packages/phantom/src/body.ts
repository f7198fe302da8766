import { type Canvas, paint } from './canvas.ts';
import { closeOutline, curve, ellipsePolygon, type HalfOutline, stripPolygon } from './curve.ts';
import { type Patient, place } from './patient.ts';
import { addPolygons } from './polygon.ts';
import { addEllipsoid, ball } from './solids.ts';
import { bodyOutline, cavityOutline } from './thorax.ts';

const pectoral = curve([0.38, 0.5, 0.65, 0.8, 0.95], [0, 6, 13, 17, 12]);
const dorsal = curve([-0.1, 0.3, 0.6, 0.8, 1], [9, 12, 18, 22, 16]);

/** Skin, fat, breasts and the muscles of the chest wall. */
export function drawBody(canvas: Canvas, patient: Patient, z: number): void {
  const outline = bodyOutline(patient, z);
  const { fat } = patient.tissue;
  const around = (skin: number): Float64Array => closeOutline(outline, patient.fat + 4 - skin);
  const breasts = patient.breasts ? ([-1, 1] as const).map((side) => breast(patient, side)) : [];

  for (const [depth, value, texture] of [
    [0, 15, 20],
    [2.2, fat, 9],
  ] as const) {
    addPolygons(canvas, [around(depth)]);
    for (const shape of breasts) addEllipsoid(canvas, shape, z, 1 - depth / 60);
    paint(canvas, value, { texture });
  }
  for (const [side, shape] of breasts.entries()) {
    addEllipsoid(
      canvas,
      { ...shape, center: [shape.center[0] + (side ? -4 : 4), shape.center[1] + 8, shape.center[2]] },
      z,
      0.62,
    );
  }
  paint(canvas, -45, { texture: 55 });
  drawMuscles(canvas, patient, outline, z);
}

function breast(patient: Patient, side: -1 | 1): ReturnType<typeof ball> {
  const size = patient.breasts;
  const center = place(patient, side * 74, -92, 0.36);
  // Face down they are pressed flat.
  const forward = (patient.prone ? 26 : 44) * size + patient.fat;
  return ball(center, 62 * Math.min(1.1, size), forward, 70);
}

function drawMuscles(canvas: Canvas, patient: Patient, outline: HalfOutline, z: number): void {
  const t = z / patient.height;
  const cavity = cavityOutline(patient, z);
  const { muscle } = patient.tissue;
  const strength = patient.muscle;
  const tissue = { texture: 9 };

  addPolygons(canvas, [closeOutline(cavity, 9.5)]);
  paint(canvas, muscle - 25, { texture: 28 });

  const spindle = (low: number, high: number, thickness: number) => (s: number) => {
    const u = (s - low) / (high - low);
    return thickness * Math.sqrt(Math.max(0, Math.sin(Math.PI * Math.min(1, Math.max(0, u)))));
  };
  for (const side of [-1, 1] as const) {
    const front = pectoral(t) * strength;
    if (front > 1 && t < 1.02) {
      const minor = spindle(0.2, 0.48, front * 0.55);
      const major = spindle(0.06, 0.5, front);
      const gap = (s: number): number => 12.5 + minor(s);
      addPolygons(canvas, [
        stripPolygon(
          cavity,
          side,
          [0.2, 0.48],
          () => 11,
          (s) => 11 + minor(s),
        ),
      ]);
      addPolygons(canvas, [stripPolygon(cavity, side, [0.06, 0.5], gap, (s) => gap(s) + major(s))]);
    }
    const back = dorsal(t) * strength;
    const lat = spindle(0.5, 0.9, back * 0.6);
    const serratus = spindle(0.38, 0.74, 7 * strength);
    addPolygons(canvas, [
      stripPolygon(
        outline,
        side,
        [0.5, 0.9],
        (s) => -1 - lat(s),
        () => -1,
      ),
    ]);
    addPolygons(canvas, [
      stripPolygon(
        cavity,
        side,
        [0.36, 0.78],
        () => 10,
        (s) => 11 + serratus(s),
      ),
    ]);
    if (t > 0.48) addPolygons(canvas, [shoulderPolygon(patient, side, t)]);
    addPolygons(canvas, [
      ellipsePolygon([side * 27, 101 * patient.depth], 23 * patient.width, 15 * strength, side * 0.22),
    ]);
    addPolygons(canvas, [
      ellipsePolygon(
        [side * 46, (113 - 4 * t) * patient.depth],
        40 * patient.width,
        4.5 * strength,
        -side * 0.16,
      ),
    ]);
  }
  paint(canvas, muscle, tissue);
}

/** The muscles on both faces of the shoulder blade. */
function shoulderPolygon(patient: Patient, side: -1 | 1, t: number): Float64Array {
  const grow = Math.min(1, (t - 0.46) / 0.22);
  const [x, y] = place(patient, side * (112 + 14 * t), 84 - 6 * t, 0);
  return ellipsePolygon(
    [x, y],
    (22 + 22 * grow) * patient.width,
    (7 + 13 * grow) * patient.muscle,
    -side * 0.62,
  );
}

/** The couch under the patient and folds of cloth around: thin bright curves in air. */
export function drawCouch(canvas: Canvas, patient: Patient, wobble: readonly number[], z: number): void {
  const down = patient.prone ? -1 : 1;
  const outline = bodyOutline(patient, patient.height * 0.3);
  const skin = patient.fat + 5;
  const touchY = down * (Math.max(Math.abs(outline.y[down > 0 ? outline.y.length - 1 : 0]!), 0) + skin + 14);
  const bow = (x: number): number => touchY - (down * (x * x)) / 1900;
  band(canvas, 232, (x) => bow(x) + down * 12, 6);
  paint(canvas, -830);
  band(canvas, 232, (x) => bow(x) + down * 5.5, 1.1);
  paint(canvas, 140, { texture: 30 });
  band(canvas, 228, (x) => bow(x) + down * 18.5, 0.8);
  paint(canvas, 20, { texture: 30 });
  band(canvas, 200, (x) => bow(x) - down * 1, 3.5);
  paint(canvas, -900, { texture: 8 });
  for (let fold = 0; fold < 3; fold++) {
    const [a = 0, b = 0, c = 0] = wobble.slice(3 * fold, 3 * fold + 3);
    const edge = Math.abs(outline.y[down > 0 ? 0 : outline.y.length - 1]!) + skin;
    const reach = 150 + 30 * a;
    band(
      canvas,
      reach,
      (x) =>
        -down *
        (edge +
          7 +
          6 * fold +
          5 * b -
          (x * x) / (300 + 60 * c) +
          4 * Math.sin(x / (13 + 5 * a) + 6 * c + z / 60) * Math.cos(x / 31 + b)),
      0.7,
    );
    paint(canvas, -650 - 80 * fold, { texture: 60 });
  }
}

function band(canvas: Canvas, reach: number, y: (x: number) => number, thickness: number): void {
  const steps = 90;
  const polygon = new Float64Array(4 * (steps + 1));
  for (let k = 0; k <= steps; k++) {
    const x = -reach + (2 * reach * k) / steps;
    polygon[2 * k] = x;
    polygon[2 * k + 1] = y(x) - thickness;
    const back = 2 * (2 * steps + 1 - k);
    polygon[back] = x;
    polygon[back + 1] = y(x) + thickness;
  }
  addPolygons(canvas, [polygon]);
}
