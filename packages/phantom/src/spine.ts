import { vertebraPitch } from './bones.ts';
import { type Canvas, paint } from './canvas.ts';
import { ellipsePolygon } from './curve.ts';
import type { Patient } from './patient.ts';
import { addPolygons } from './polygon.ts';
import { cavityOutline } from './thorax.ts';

/** The column of vertebral bodies and discs, the ring behind it and the canal inside. */
export function drawSpine(canvas: Canvas, patient: Patient, z: number): void {
  const { cortex, marrow } = patient.tissue;
  const pitch = vertebraPitch(patient);
  const level = (patient.height * 1.03 - z) / pitch;
  const fromCenter = Math.abs(level - Math.round(level)) * pitch;
  const toDisc = pitch / 2 - 2.4 - fromCenter;
  const size = (0.8 + 0.25 * Math.min(1, Math.max(0, 1 - z / patient.height))) * patient.width;
  const depth = patient.depth;
  const body = (grow: number): Float64Array =>
    bodyPolygon(57 * depth, 18.5 * size + grow, 15.5 * size + grow);
  const waist = -0.8 * Math.min(1, Math.max(0, toDisc / 5));

  addPolygons(canvas, [body(waist)]);
  if (toDisc < 0) paint(canvas, 88, { texture: 12 });
  else {
    paint(canvas, cortex * 0.75, { texture: 40 });
    addPolygons(canvas, [body(waist - 1.5)]);
    const endplate = Math.max(0, 1 - toDisc / 2.2);
    paint(canvas, marrow + 0.5 * (cortex - marrow) * endplate, { texture: 55 });
  }

  const canal = 57 * depth + 15.5 * size + 8.5;
  if (Math.abs(level - Math.round(level) - 0.12) < 0.36) {
    addPolygons(canvas, [ellipsePolygon([0, canal + 1], 15.5 * size, 13 * size)]);
    paint(canvas, cortex * 0.8, { texture: 60 });
  } else {
    addPolygons(canvas, [ellipsePolygon([0, canal + 1], 13 * size, 11 * size)]);
    paint(canvas, 10, { texture: 25 });
  }
  addPolygons(canvas, [ellipsePolygon([0, canal], 10.5 * size, 8.8 * size)]);
  paint(canvas, -15, { texture: 20 });
  addPolygons(canvas, [ellipsePolygon([0, canal], 8.5 * size, 7.4 * size)]);
  paint(canvas, 28);
}

/** A vertebral body seen from above: round in front, slightly hollow behind. */
function bodyPolygon(y: number, radiusX: number, radiusY: number): Float64Array {
  const polygon = ellipsePolygon([0, y], radiusX, radiusY, 0, 56);
  for (let k = 0; k < polygon.length; k += 2) {
    const back = (polygon[k + 1]! - y) / radiusY;
    if (back > 0.3)
      polygon[k + 1]! -= radiusY * 0.28 * ((back - 0.3) / 0.7) * (1.2 - Math.abs(polygon[k]!) / radiusX);
  }
  return polygon;
}

/** The breastbone: a broad handle above, a slim body below. */
export function drawSternum(canvas: Canvas, patient: Patient, z: number): void {
  const t = z / patient.height;
  if (t < 0.22 || t > 0.87) return;
  const outline = cavityOutline(patient, z);
  const handle = Math.max(0, Math.min(1, (t - 0.64) / 0.06));
  const gap = Math.abs(t - 0.645) < 0.008;
  const end = Math.min(1, (0.88 - t) / 0.05, (t - 0.2) / 0.08);
  const width = (15 + 3 * Math.cos(t * 60) + 13 * handle) * patient.width * end;
  const thickness = 5.4 + 1.2 * handle;
  const y = outline.y[0]! - 8.5;
  const ellipse = (grow: number): Float64Array => {
    const polygon = ellipsePolygon([0, y], width + grow, thickness + grow, 0, 40);
    // Boxy rather than round, and curved around the chest.
    for (let k = 0; k < polygon.length; k += 2) {
      const u = polygon[k]! / (width + grow);
      polygon[k + 1] =
        y + (polygon[k + 1]! - y) * (0.85 + 0.5 * u * u * (1 - u * u)) + 3 * u * u * (1 + handle);
    }
    return polygon;
  };
  addPolygons(canvas, [ellipse(0)]);
  paint(canvas, gap ? 90 : patient.tissue.cortex * 0.75, { texture: 40 });
  if (gap) return;
  addPolygons(canvas, [ellipse(-1.5)]);
  paint(canvas, patient.tissue.marrow * 0.7, { texture: 55 });
}
