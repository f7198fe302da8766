import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createCanvas, paint } from '../src/canvas.ts';
import { addPolygons } from '../src/polygon.ts';
import { addCapsule, addEllipsoid, ball } from '../src/solids.ts';

const frame = { width: 4, height: 3, pixel: 1, thickness: 1, x0: 0, y0: 0 };

test('a polygon covers each pixel by the area they share', () => {
  const canvas = createCanvas(frame);
  // From the middle of pixel 0 to a quarter into pixel 2, rows 0 and half of 1; pixel i spans i - 0.5 to i + 0.5.
  addPolygons(canvas, [Float64Array.of(0, -0.5, 1.75, -0.5, 1.75, 1, 0, 1)]);
  expect([...canvas.coverage]).toEqual([0.5, 1, 0.25, 0, 0.25, 0.5, 0.125, 0, 0, 0, 0, 0]);
});

test('sections given together are averaged, whatever their orientation', () => {
  const canvas = createCanvas(frame);
  const square = Float64Array.of(-0.5, -0.5, 3.5, -0.5, 3.5, 2.5, -0.5, 2.5);
  addPolygons(canvas, [square, new Float64Array(2)]);
  expect([...canvas.coverage]).toEqual(new Array(12).fill(0.5));
});

test('a triangle anywhere covers its area', () => {
  const wide = { ...frame, width: 40, height: 40, x0: -20, y0: -20 };
  const at = fc.double({ min: -19, max: 19, noNaN: true });
  fc.assert(
    fc.property(fc.tuple(at, at, at, at, at, at), ([ax, ay, bx, by, cx, cy]) => {
      const canvas = createCanvas(wide);
      addPolygons(canvas, [Float64Array.of(ax, ay, bx, by, cx, cy)]);
      const area = Math.abs((bx - ax) * (cy - ay) - (cx - ax) * (by - ay)) / 2;
      const covered = canvas.coverage.reduce((sum, share) => sum + share, 0);
      // Shares under 1e-4 are dropped, and sums are float32.
      expect(Math.abs(covered - area)).toBeLessThan(0.05);
    }),
    { numRuns: 50 },
  );
});

test('polygons beyond the slice, with edges that are all but flat, end and cover what is inside', () => {
  const canvas = createCanvas(frame);
  addPolygons(canvas, [Float64Array.of(-1e6, -9, 1e6, -9 + 1e-13, 1e6, 9, -1e6, 9 + 1e-13)]);
  expect([...canvas.coverage]).toEqual(new Array(12).fill(1));
});

test('painting mixes by coverage, takes lung away, and clears the shapes', () => {
  const canvas = createCanvas(frame);
  canvas.hu.fill(-1000);
  canvas.lung.fill(1);
  addPolygons(canvas, [Float64Array.of(0, -0.5, 0.5, -0.5, 0.5, 0.5, 0, 0.5)]);
  paint(canvas, 0);
  expect([canvas.hu[0], canvas.lung[0], canvas.hu[1], canvas.lung[1]]).toEqual([-500, 0.5, -1000, 1]);
  expect(Math.max(...canvas.coverage)).toBe(0);
});

test('a ball and a tube cover their volumes to 3 %', () => {
  const wide = { ...frame, width: 40, height: 40, x0: -20, y0: -20 };
  let sphere = 0;
  let tube = 0;
  for (let z = -20; z <= 20; z++) {
    const canvas = createCanvas(wide);
    addEllipsoid(canvas, ball([0.3, 0.2, 0.1], 9, 9, 9), z);
    sphere += canvas.coverage.reduce((sum, share) => sum + share, 0);
    const other = createCanvas(wide);
    addCapsule(other, { a: [-6, 0, -7], b: [6, 3, 7], radiusA: 4, radiusB: 4 }, z);
    tube += other.coverage.reduce((sum, share) => sum + share, 0);
  }
  expect(sphere / ((4 / 3) * Math.PI * 9 ** 3)).toBeCloseTo(1, 1.5);
  const length = Math.hypot(12, 3, 14);
  expect(tube / (Math.PI * 16 * length + (4 / 3) * Math.PI * 64)).toBeCloseTo(1, 1.5);
});
