import { createCanvas, type Frame } from './canvas.ts';
import { type Anatomy, drawAnatomy } from './slice.ts';
import type { Point3 } from './solids.ts';

/** The lungs on a coarse grid: which cells are lung, and how far from its surface. */
export interface Survey {
  readonly cell: number;
  readonly size: readonly [x: number, y: number, z: number];
  readonly first: Point3;
  /** Distance in mm from a lung cell to the nearest cell that is not lung; 0 outside. */
  readonly depth: Float32Array;
}

/** Draws the whole chest with cells of a few mm, to know where vessels and nodules may go. */
export function surveyLungs(anatomy: Anatomy, cell = 4): Survey {
  const { patient } = anatomy;
  const reach = [124 * patient.width, 106 * Math.max(1, patient.depth)] as const;
  const width = Math.ceil((2 * reach[0]) / cell);
  const height = Math.ceil((2 * reach[1]) / cell);
  const slices = Math.ceil((patient.height + 3 * cell) / cell);
  const frame: Frame = { width, height, pixel: cell, thickness: 1, x0: -reach[0], y0: -reach[1] };
  const canvas = createCanvas(frame);
  const scratch = new Float32Array(width * height);
  const depth = new Float32Array(width * height * slices);
  for (let z = 0; z < slices; z++) {
    drawAnatomy(canvas, anatomy, (z - 1) * cell, scratch);
    for (let i = 0; i < canvas.lung.length; i++)
      if (canvas.lung[i]! > 0.5) depth[z * width * height + i] = 1e6;
  }
  const survey: Survey = { cell, size: [width, height, slices], first: [frame.x0, frame.y0, -cell], depth };
  measureDepth(survey);
  return survey;
}

/** Two sweeps of a chamfer distance transform. */
function measureDepth({ size: [nx, ny, nz], depth, cell }: Survey): void {
  const near = [
    [-1, 0, 0, 1],
    [0, -1, 0, 1],
    [0, 0, -1, 1],
    [-1, -1, 0, 1.41],
    [1, -1, 0, 1.41],
    [-1, 0, -1, 1.41],
    [1, 0, -1, 1.41],
    [0, -1, -1, 1.41],
    [0, 1, -1, 1.41],
  ] as const;
  for (const sign of [1, -1]) {
    for (let k = 0; k < depth.length; k++) {
      const i = sign > 0 ? k : depth.length - 1 - k;
      let best = depth[i]!;
      if (best === 0) continue;
      const x = i % nx;
      const y = Math.floor(i / nx) % ny;
      const z = Math.floor(i / (nx * ny));
      for (const [dx, dy, dz, step] of near) {
        const [u, v, w] = [x + sign * dx, y + sign * dy, z + sign * dz];
        const outside = u < 0 || v < 0 || w < 0 || u >= nx || v >= ny || w >= nz;
        best = Math.min(best, (outside ? 0 : depth[(w * ny + v) * nx + u]!) + step * cell);
      }
      depth[i] = best;
    }
  }
}

/** Depth inside the lung at a point, 0 outside of it; trilinear between cells. */
export function lungDepth({ cell, size: [nx, ny, nz], first, depth }: Survey, [px, py, pz]: Point3): number {
  const x = (px - first[0]) / cell;
  const y = (py - first[1]) / cell;
  const z = (pz - first[2]) / cell;
  const [i, j, k] = [Math.floor(x), Math.floor(y), Math.floor(z)];
  if (i < 0 || j < 0 || k < 0 || i + 1 >= nx || j + 1 >= ny || k + 1 >= nz) return 0;
  const [u, v, w] = [x - i, y - j, z - k];
  const at = (k * ny + j) * nx + i;
  const plane = (base: number): number =>
    (depth[base]! * (1 - u) + depth[base + 1]! * u) * (1 - v) +
    (depth[base + nx]! * (1 - u) + depth[base + nx + 1]! * u) * v;
  // The lung's surface runs half a cell inside the first cell that is not lung.
  return Math.max(0, plane(at) * (1 - w) + plane(at + nx * ny) * w - cell / 2);
}

/** Centre of a cell. */
export function cellCenter({ cell, size: [nx, ny], first }: Survey, i: number): Point3 {
  return [
    first[0] + (i % nx) * cell,
    first[1] + (Math.floor(i / nx) % ny) * cell,
    first[2] + Math.floor(i / (nx * ny)) * cell,
  ];
}

/** Direction towards the deeper lung, of unit length, or undefined where the depth is flat. */
export function inwards(survey: Survey, [x, y, z]: Point3): Point3 | undefined {
  const h = survey.cell;
  const slope = [
    lungDepth(survey, [x + h, y, z]) - lungDepth(survey, [x - h, y, z]),
    lungDepth(survey, [x, y + h, z]) - lungDepth(survey, [x, y - h, z]),
    lungDepth(survey, [x, y, z + h]) - lungDepth(survey, [x, y, z - h]),
  ] as const;
  const length = Math.hypot(...slope);
  return length < 1e-6 ? undefined : [slope[0] / length, slope[1] / length, slope[2] / length];
}
