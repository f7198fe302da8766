import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { type Canvas, createCanvas } from '../src/canvas.ts';
import { generateScan, type ScanOptions } from '../src/index.ts';
import { addPolygons } from '../src/polygon.ts';
import { createRandom } from '../src/random.ts';

/** Runs a function that may loop for ever; throws ERR_SCRIPT_EXECUTION_TIMEOUT instead of hanging the test run. */
function endsWithin<T>(timeout: number, run: () => T): T {
  return runInNewContext('run()', { run }, { timeout });
}

/** A quadrangle whose upper and lower edges cross many columns while they fall by `rise` pixels. */
function nearlyFlat(y: number, rise: number): Float64Array {
  return Float64Array.of(-2000, y, 2000, y + rise, 2000, y + 2, -2000, y + 2 - rise);
}

describe('all that draws ends', () => {
  test('the guard of these tests stops a loop without end', () => {
    const run = (): never => {
      for (;;);
    };
    expect(() => endsWithin(50, run)).toThrow('timed out after 50ms');
  });

  test('edges that fall by a rounding error, at any height of a slice', () => {
    const canvas = createCanvas({ width: 1, height: 512, pixel: 1, thickness: 1, x0: 0, y0: 0 });
    endsWithin(1000, () => {
      for (let y = 0.3; y < 500; y *= 1.7) {
        for (const rise of [2 ** -52 * y, 2 ** -50 * y, 1e-13, 1e-9, 0.999e-6, 1.001e-6]) {
          addPolygons(canvas, [nearlyFlat(y, rise)]);
          addPolygons(canvas, [nearlyFlat(y, -rise)]);
        }
      }
    });
    expect(canvas.coverage.every((share) => share >= 0 && share <= 1)).toBe(true);
    expect(Math.max(...canvas.coverage)).toBe(1);
  });

  test('edges so far down that a column moves y by less than it resolves', () => {
    const frame = { width: 1, height: 2 ** 26, pixel: 1, thickness: 1, x0: 0, y0: 0 };
    // Its pixels would take GiB; what is written beyond the arrays of a small slice is lost.
    const canvas: Canvas = { ...createCanvas({ ...frame, height: 1 }), frame };
    endsWithin(1000, () => addPolygons(canvas, [nearlyFlat(2 ** 25, 2 ** -17)]));
    endsWithin(1000, () => addPolygons(canvas, [nearlyFlat(2 ** 25, -(2 ** -17))]));
  });

  test('Poisson draws of any mean', () => {
    const random = createRandom(1, 'test');
    for (const mean of [0, 700, 1e9, Number.POSITIVE_INFINITY, Number.NaN]) {
      expect(endsWithin(1000, () => random.poisson(mean))).toBeLessThanOrEqual(1000);
    }
  });

  test.each<ScanOptions>([
    { seed: Number.MAX_SAFE_INTEGER, size: [64, 64, 7], meanNodules: 6, flipped: true },
    { seed: -1, size: [1, 3, 7], spacing: 0.1, sliceSpacing: 20, meanNodules: 6 },
  ])('scans that leave nodules no room: %j', { timeout: 20_000 }, (options) => {
    const { volume, nodules } = endsWithin(15_000, () => generateScan(options));
    expect(volume.geometry.size).toEqual(options.size);
    expect(nodules.length).toBeLessThanOrEqual(6);
  });
});
