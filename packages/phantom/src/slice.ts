import { drawBody, drawCouch } from './body.ts';
import { createSkeleton, drawRibs, drawSkeleton, type Skeleton } from './bones.ts';
import { type Canvas, paint, takeCoverage } from './canvas.ts';
import { closeOutline } from './curve.ts';
import { createMediastinum, drawAirway, drawMediastinum, type Mediastinum } from './mediastinum.ts';
import type { Patient } from './patient.ts';
import { addPolygons } from './polygon.ts';
import { createRandom } from './random.ts';
import { drawSpine, drawSternum } from './spine.ts';
import { cavityOutline, domePolygon } from './thorax.ts';

/** Everything of a patient but the lungs' own vessels and nodules. */
export interface Anatomy {
  readonly patient: Patient;
  readonly skeleton: Skeleton;
  readonly mediastinum: Mediastinum;
  readonly cloth: readonly number[];
}

export function createAnatomy(seed: number, patient: Patient): Anatomy {
  const random = createRandom(seed, 'cloth');
  return {
    patient,
    skeleton: createSkeleton(patient),
    mediastinum: createMediastinum(patient),
    cloth: Array.from({ length: 9 }, () => random.uniform(-1, 1)),
  };
}

/** Draws what surrounds the lungs and leaves the lungs' share of each pixel in `canvas.lung`. */
export function drawAnatomy(canvas: Canvas, anatomy: Anatomy, z: number, scratch: Float32Array): void {
  const { patient, skeleton, mediastinum } = anatomy;
  canvas.hu.fill(-1000);
  canvas.lung.fill(0);
  drawCouch(canvas, patient, anatomy.cloth, z);
  drawBody(canvas, patient, z);
  drawLungs(canvas, patient, z, scratch);
  drawDomes(canvas, patient, z, scratch);
  drawMediastinum(canvas, patient, mediastinum, scratch, z);
  drawSpine(canvas, patient, z);
  drawSkeleton(canvas, patient, skeleton, z);
  drawRibs(canvas, patient, z);
  drawSternum(canvas, patient, z);
  drawAirway(canvas, patient, mediastinum.airway, z);
}

/** Heights inside the slice at which steep surfaces are cut, so that thick slices blur them. */
function sections(z: number, thickness: number): number[] {
  const count = Math.max(1, Math.min(4, Math.round(thickness / 0.7)));
  return Array.from({ length: count }, (_, i) => z + ((i + 0.5) / count - 0.5) * thickness);
}

function drawLungs(canvas: Canvas, patient: Patient, z: number, cavity: Float32Array): void {
  cavity.fill(0);
  addPolygons(
    canvas,
    sections(z, canvas.frame.thickness).map((at) => closeOutline(cavityOutline(patient, at))),
  );
  takeCoverage(canvas, cavity);
  canvas.coverage.set(cavity);
  canvas.dirty.set([0, canvas.frame.width, 0, canvas.frame.height]);
  paint(canvas, patient.tissue.lung, { lung: 'lung' });
}

function drawDomes(canvas: Canvas, patient: Patient, z: number, cavity: Float32Array): void {
  for (const [side, value] of [
    [-1, patient.tissue.liver],
    [1, patient.tissue.spleen],
  ] as const) {
    const heights = sections(z, canvas.frame.thickness);
    const cuts = heights.flatMap((at) => domePolygon(patient, side, at) ?? []);
    if (cuts.length === 0) continue;
    // Sections above the dome are empty, yet count in the average.
    while (cuts.length < heights.length) cuts.push(new Float64Array(2));
    addPolygons(canvas, cuts);
    paint(canvas, value, { texture: 7, within: cavity });
  }
}
