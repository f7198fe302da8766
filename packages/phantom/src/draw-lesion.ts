import { type Canvas, paint, touch } from './canvas.ts';
import type { Lesion } from './lesions.ts';
import type { Patient } from './patient.ts';
import { addCapsule, type Point3 } from './solids.ts';

/** A nodule's surface, ready to draw. */
export interface LesionShape {
  readonly lesion: Lesion;
  /** Makes the wavy ball's volume that of the annotated sphere. */
  readonly scale: number;
  readonly reach: number;
}

/** Measures a nodule's waves over 400 even directions. */
export function shapeLesion(lesion: Lesion): LesionShape {
  const count = 400;
  let cubes = 0;
  let widest = 0;
  for (let i = 0; i < count; i++) {
    const z = 1 - (2 * i + 1) / count;
    const angle = i * Math.PI * (3 - Math.sqrt(5));
    const r = Math.sqrt(1 - z * z);
    const radius = bulge(lesion, [r * Math.cos(angle), r * Math.sin(angle), z]);
    cubes += radius ** 3;
    widest = Math.max(widest, radius);
  }
  const scale = (cubes / count) ** (-1 / 3);
  return { lesion, scale, reach: (lesion.diameterMm / 2) * scale * widest };
}

/** Radius towards a direction as a share of the mean one. */
function bulge({ waves }: Lesion, [x, y, z]: Point3): number {
  let sum = 1;
  for (const { direction, frequency, amplitude, phase } of waves) {
    sum +=
      amplitude * Math.cos(frequency * (x * direction[0] + y * direction[1] + z * direction[2]) * 2 + phase);
  }
  return sum;
}

/** Draws a nodule where the slice at `z` cuts it; what is denser (ribs, vessels in ground glass) shows through. */
export function drawLesion(canvas: Canvas, patient: Patient, shape: LesionShape, z: number): void {
  const { lesion } = shape;
  if (Math.abs(z - lesion.center[2]) > shape.reach * 2 + canvas.frame.thickness) return;
  const glass = lesion.density !== 'solid';
  for (const spicule of lesion.spicules) addCapsule(canvas, spicule, z);
  paint(canvas, -120, { lung: 'keep', brighten: true, within: canvas.lung });
  addLesion(canvas, shape, z, 1, glass ? 1.4 : 0.3);
  if (glass) paint(canvas, lesion.value, { texture: 45, lung: 'keep', brighten: true, within: canvas.lung });
  else paint(canvas, lesion.value, { texture: 14, lung: 'keep', brighten: true });
  if (lesion.core > 0) {
    addLesion(canvas, shape, z, lesion.core, 0.6);
    paint(canvas, patient.tissue.muscle - 30, { texture: 14, lung: 'keep', brighten: true });
  }
}

/** Adds the wavy ball, shrunk to a share, to the coverage; `soft` mm are added to its edge's width. */
function addLesion(
  canvas: Canvas,
  { lesion, scale, reach }: LesionShape,
  z: number,
  share: number,
  soft: number,
): void {
  const { frame, coverage } = canvas;
  const { width, pixel, thickness } = frame;
  const mean = (lesion.diameterMm / 2) * scale * share;
  const [cx, cy, cz] = lesion.center;
  const span = reach * share + soft + thickness / 2 + pixel;
  const x0 = Math.max(0, Math.floor((cx - span - frame.x0) / pixel));
  const x1 = Math.min(width, Math.ceil((cx + span - frame.x0) / pixel) + 1);
  const y0 = Math.max(0, Math.floor((cy - span - frame.y0) / pixel));
  const y1 = Math.min(frame.height, Math.ceil((cy + span - frame.y0) / pixel) + 1);
  if (Math.abs(z - cz) > span || !touch(canvas, x0, x1, y0, y1)) return;
  const dz = z - cz;
  for (let y = y0; y < y1; y++) {
    const dy = frame.y0 + y * pixel - cy;
    for (let x = x0; x < x1; x++) {
      const dx = frame.x0 + x * pixel - cx;
      const distance = Math.sqrt(dx * dx + dy * dy + dz * dz);
      if (distance > span) continue;
      const unit = distance > 1e-6 ? 1 / distance : 0;
      let radius = 1;
      for (const { direction, frequency, amplitude, phase } of lesion.waves) {
        const along = (dx * direction[0] + dy * direction[1] + dz * direction[2]) * unit;
        radius += amplitude * Math.cos(2 * frequency * along + phase);
      }
      radius *= mean;
      const box = pixel + (thickness - pixel) * Math.abs(dz) * unit + soft;
      const covered = Math.min(radius, distance + box / 2) - Math.max(-radius, distance - box / 2);
      const part = covered <= 0 ? 0 : Math.min(1, covered / box);
      const i = y * width + x;
      if (part > coverage[i]!) coverage[i] = part;
    }
  }
}
