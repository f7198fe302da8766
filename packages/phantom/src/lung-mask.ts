import type { Acquisition } from './acquisition.ts';
import { type Canvas, clearCoverage } from './canvas.ts';
import { addCapsule, type Capsule, capsuleTouches } from './solids.ts';

/** LUNA16's labels in seg-lungs-LUNA16. */
const lungLabels = { left: 3, right: 4, airway: 5 } as const;

/** Labels a slice from what `drawAnatomy` left in `canvas.lung`, vessels and nodules included. */
export function markLungs(
  canvas: Canvas,
  airway: readonly Capsule[],
  { flipped }: Acquisition,
  z: number,
  out: Uint8Array,
  start: number,
): void {
  const { lung, frame } = canvas;
  const last = start + lung.length - 1;
  for (let y = 0; y < frame.height; y++) {
    for (let x = 0; x < frame.width; x++) {
      const i = y * frame.width + x;
      if (lung[i]! < 0.5) continue;
      out[flipped ? last - i : start + i] =
        frame.x0 + x * frame.pixel > 0 ? lungLabels.left : lungLabels.right;
    }
  }
  const near = airway.filter((capsule) => capsuleTouches(capsule, z, frame.thickness));
  if (near.length === 0) return;
  for (const capsule of near) addCapsule(canvas, capsule, z);
  const [x0, x1, y0, y1] = canvas.dirty as unknown as [number, number, number, number];
  for (let y = y0; y < y1; y++) {
    for (let i = y * frame.width + x0; i < y * frame.width + x1; i++) {
      if (canvas.coverage[i]! >= 0.5) out[flipped ? last - i : start + i] = lungLabels.airway;
    }
  }
  clearCoverage(canvas);
}
