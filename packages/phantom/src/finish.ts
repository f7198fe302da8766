import type { Acquisition } from './acquisition.ts';
import type { Canvas } from './canvas.ts';
import type { NoiseTile } from './noise.ts';
import type { Patient } from './patient.ts';
import type { Random } from './random.ts';

/** Writes a drawn slice, with noise, field of view and direction, as int16 HU into `out` from `start`. */
export function finishSlice(
  canvas: Canvas,
  patient: Patient,
  acquisition: Acquisition,
  tile: NoiseTile,
  random: Random,
  z: number,
  out: Int16Array,
  start: number,
): void {
  const { hu, frame } = canvas;
  const { width, height } = frame;
  const { noise, flipped, padding } = acquisition;
  const { values, side } = tile;
  const mask = side - 1;
  const [ax, ay, bx, by] = [random.int(side), random.int(side), random.int(side), random.int(side)];
  // Shoulders cost photons along the rows: streaks.
  const streak = noise * Math.max(0, Math.min(1.1, (z / patient.height - 0.72) * 5));
  const middleX = (width - 1) / 2;
  const middleY = (height - 1) / 2;
  const rim = (Math.min(width, height) / 2) ** 2;
  const center = -frame.y0 / frame.pixel;
  const last = start + width * height - 1;
  for (let y = 0; y < height; y++) {
    const rowA = ((y + ay) & mask) * side;
    const rowB = ((y + by) & mask) * side;
    const offY = (y - middleY) ** 2;
    const bodyY = ((y - center) * frame.pixel) / 90;
    const streakRow = (streak * Math.max(0, 1 - 0.35 * bodyY * bodyY)) / 2.2;
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      const at = flipped ? last - i : start + i;
      if (padding !== undefined && offY + (x - middleX) ** 2 > rim) {
        out[at] = padding;
        continue;
      }
      const value = hu[i]!;
      let grain =
        noise * Math.SQRT1_2 * (values[rowA + ((x + ax) & mask)]! + values[rowB + ((bx - x) & mask)]!);
      if (streakRow > 0.5) {
        const slow = (x + bx) / 14;
        const k = Math.floor(slow);
        const t = slow - k;
        grain +=
          streakRow * 1.6 * (values[rowB + (k & mask)]! * (1 - t) + values[rowB + ((k + 1) & mask)]! * t);
      }
      const gain = value > -850 ? 1 : value < -1000 ? 0.5 : 0.5 + (value + 1000) / 300;
      const noisy = value + gain * grain;
      out[at] = noisy < -1024 ? -1024 : noisy > 3071 ? 3071 : Math.round(noisy);
    }
  }
}
