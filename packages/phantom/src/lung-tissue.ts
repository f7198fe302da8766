import { type Canvas, paint } from './canvas.ts';
import type { Patient } from './patient.ts';
import { addCapsule, type Capsule, capsuleTouches } from './solids.ts';
import type { Vessels } from './vessels.ts';

/** Gives the lung its grain: denser towards the couch, uneven, and cut by the oblique fissure. */
export function drawParenchyma({ hu, lung, texture, frame }: Canvas, patient: Patient, z: number): void {
  const { width, height, pixel, thickness } = frame;
  const slope = patient.prone ? -patient.tissue.gravity : patient.tissue.gravity;
  // The fissure is a sheet of 0.7 mm that falls from the back to the front, here blurred by the slice's thickness.
  const rise = (215 * patient.depth) / patient.height;
  const halfWidth = 0.5 * (pixel + 0.7) + 0.35 * thickness * rise;
  const density = (0.35 * 700) / halfWidth;
  for (let y = 0; y < height; y++) {
    const mmY = frame.y0 + y * pixel;
    const gravity = slope * mmY;
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      const share = lung[i]!;
      if (share === 0) continue;
      const mmX = Math.abs(frame.x0 + x * pixel) - 62 * patient.width;
      const off = Math.abs(mmY - (z * rise - 112 * patient.depth) - 0.0045 * mmX * mmX - 3 * texture[i]!);
      const fissure = off < halfWidth ? density * (1 - off / halfWidth) : 0;
      hu[i]! += share * (gravity + 18 * texture[i]! + fissure);
    }
  }
}

/** Draws the blood vessels and bronchi inside the lungs, and the air of the main ones again where branches cross it. */
export function drawVessels(
  canvas: Canvas,
  { tissue }: Patient,
  { blood, airway }: Vessels,
  mainAirway: readonly Capsule[],
  z: number,
): void {
  const { thickness } = canvas.frame;
  for (const branch of blood) if (capsuleTouches(branch, z, thickness)) addCapsule(canvas, branch, z);
  paint(canvas, tissue.blood - 10, { lung: 'keep', within: canvas.lung, brighten: true });
  const near = airway.filter((branch) => capsuleTouches(branch, z, thickness + 2));
  for (const branch of near) addCapsule(canvas, branch, z, 0.3 + 0.14 * branch.radiusA);
  paint(canvas, 0, { lung: 'keep', within: canvas.lung, brighten: true });
  for (const branch of near) addCapsule(canvas, branch, z);
  paint(canvas, -960, { lung: 'keep', within: canvas.lung });
  for (const tube of mainAirway) if (capsuleTouches(tube, z, thickness)) addCapsule(canvas, tube, z);
  paint(canvas, -985, { lung: 'keep' });
}
