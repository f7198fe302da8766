import { type Canvas, touch } from './canvas.ts';

/** Point in the anatomical frame, in mm: x towards the patient's left, y towards the back, z towards the head. */
export type Point3 = readonly [x: number, y: number, z: number];

/** A tube with round ends whose radius changes evenly from `a` to `b`. */
export interface Capsule {
  readonly a: Point3;
  readonly b: Point3;
  readonly radiusA: number;
  readonly radiusB: number;
}

/** Capsules through a chain of points with a radius each. */
export function tube(points: readonly (readonly [...Point3, radius: number])[]): Capsule[] {
  return points.slice(1).map(([x, y, z, radiusB], i) => {
    const [ax, ay, az, radiusA] = points[i]!;
    return { a: [ax, ay, az], b: [x, y, z], radiusA, radiusB };
  });
}

/** True where a capsule reaches into the slice. */
export function capsuleTouches({ a, b, radiusA, radiusB }: Capsule, z: number, thickness: number): boolean {
  const reach = thickness / 2;
  return (
    Math.min(a[2] - radiusA, b[2] - radiusB) < z + reach &&
    Math.max(a[2] + radiusA, b[2] + radiusB) > z - reach
  );
}

/**
 * Adds a capsule, thicker by `extra` mm, to the coverage of the slice at `z`; overlapping shapes do not add up.
 *
 * The share of a voxel is that of a box as wide as the voxel along the surface's normal, so a vessel thinner than
 * a voxel fades rather than vanishes.
 */
export function addCapsule(canvas: Canvas, { a, b, radiusA, radiusB }: Capsule, z: number, extra = 0): void {
  const { frame, coverage } = canvas;
  const { width, pixel, thickness } = frame;
  const ax = a[0];
  const ay = a[1];
  const az = a[2] - z;
  const dx = b[0] - ax;
  const dy = b[1] - ay;
  const dz = b[2] - a[2];
  const lengthSquared = dx * dx + dy * dy + dz * dz || 1e-9;
  const reach = Math.max(radiusA, radiusB) + extra + pixel;
  // Only the part of the axis that comes near the slice bounds the box.
  let from = 0;
  let to = 1;
  if (Math.abs(dz) > 1e-6) {
    const margin = reach + thickness / 2;
    const p = (-margin - az) / dz;
    const q = (margin - az) / dz;
    from = Math.max(0, Math.min(p, q));
    to = Math.min(1, Math.max(p, q));
    if (from > to) return;
  } else if (Math.abs(az) > reach + thickness / 2) return;
  const xs = ax + from * dx;
  const xe = ax + to * dx;
  const ys = ay + from * dy;
  const ye = ay + to * dy;
  const x0 = Math.max(0, Math.floor((Math.min(xs, xe) - reach - frame.x0) / pixel));
  const x1 = Math.min(width, Math.ceil((Math.max(xs, xe) + reach - frame.x0) / pixel) + 1);
  const y0 = Math.max(0, Math.floor((Math.min(ys, ye) - reach - frame.y0) / pixel));
  const y1 = Math.min(frame.height, Math.ceil((Math.max(ys, ye) + reach - frame.y0) / pixel) + 1);
  if (!touch(canvas, x0, x1, y0, y1)) return;

  for (let y = y0; y < y1; y++) {
    const py = frame.y0 + y * pixel - ay;
    for (let x = x0; x < x1; x++) {
      const px = frame.x0 + x * pixel - ax;
      let t = (px * dx + py * dy - az * dz) / lengthSquared;
      t = t < 0 ? 0 : Math.min(t, 1);
      const ex = px - t * dx;
      const ey = py - t * dy;
      const ez = -az - t * dz;
      const squared = ex * ex + ey * ey + ez * ez;
      const radius = radiusA + t * (radiusB - radiusA) + extra;
      const limit = radius + thickness;
      if (squared > limit * limit) continue;
      const distance = Math.sqrt(squared);
      const flat = distance > 1e-3 ? Math.abs(ez) / distance : 0;
      const box = pixel + (thickness - pixel) * flat;
      const share = boxShare(radius, distance, box);
      const i = y * width + x;
      if (share > coverage[i]!) coverage[i] = share;
    }
  }
}

/** Share of a box of the given width, centred at `distance`, that lies inside ±radius. */
function boxShare(radius: number, distance: number, box: number): number {
  const near = distance - box / 2;
  const far = distance + box / 2;
  const covered = Math.min(radius, far) - Math.max(-radius, near);
  return covered <= 0 ? 0 : covered >= box ? 1 : covered / box;
}

/** An ellipsoid: three half axes along unit vectors. */
export interface Ellipsoid {
  readonly center: Point3;
  /** Half axes as vectors in mm, orthogonal to each other. */
  readonly axes: readonly [Point3, Point3, Point3];
}

/** An ellipsoid whose axes are those of the frame. */
export function ball(center: Point3, rx: number, ry: number, rz: number): Ellipsoid {
  return {
    center,
    axes: [
      [rx, 0, 0],
      [0, ry, 0],
      [0, 0, rz],
    ],
  };
}

/** Adds an ellipsoid, scaled about its centre, to the coverage of the slice at `z`. */
export function addEllipsoid(canvas: Canvas, { center, axes }: Ellipsoid, z: number, scale = 1): void {
  const { frame, coverage } = canvas;
  const { width, pixel, thickness } = frame;
  const half = [0, 1, 2].map((i) => scale * Math.hypot(axes[0][i]!, axes[1][i]!, axes[2][i]!));
  const ez = z - center[2];
  if (Math.abs(ez) > half[2]! + thickness / 2) return;
  const x0 = Math.max(0, Math.floor((center[0] - half[0]! - frame.x0) / pixel) - 1);
  const x1 = Math.min(width, Math.ceil((center[0] + half[0]! - frame.x0) / pixel) + 2);
  const y0 = Math.max(0, Math.floor((center[1] - half[1]! - frame.y0) / pixel) - 1);
  const y1 = Math.min(frame.height, Math.ceil((center[1] + half[1]! - frame.y0) / pixel) + 2);
  if (!touch(canvas, x0, x1, y0, y1)) return;
  const [u, v, w] = axes.map((axis) => {
    const squared = scale * (axis[0] ** 2 + axis[1] ** 2 + axis[2] ** 2);
    return [axis[0] / squared, axis[1] / squared, axis[2] / squared] as const;
  }) as unknown as [Point3, Point3, Point3];
  for (let y = y0; y < y1; y++) {
    const ey = frame.y0 + y * pixel - center[1];
    for (let x = x0; x < x1; x++) {
      const ex = frame.x0 + x * pixel - center[0];
      const p = u[0] * ex + u[1] * ey + u[2] * ez;
      const q = v[0] * ex + v[1] * ey + v[2] * ez;
      const r = w[0] * ex + w[1] * ey + w[2] * ez;
      const norm = Math.sqrt(p * p + q * q + r * r);
      if (norm > 1.6) continue;
      // Distance to the surface to first order: (norm - 1) / |gradient of norm|.
      const gx = p * u[0] + q * v[0] + r * w[0];
      const gy = p * u[1] + q * v[1] + r * w[1];
      const gz = p * u[2] + q * v[2] + r * w[2];
      const gradient = Math.sqrt(gx * gx + gy * gy + gz * gz);
      if (gradient < 1e-9) {
        coverage[y * width + x] = 1;
        continue;
      }
      const distance = ((norm - 1) * norm) / gradient;
      const box = pixel + (thickness - pixel) * (Math.abs(gz) / gradient);
      const share = Math.min(1, Math.max(0, 0.5 - distance / box));
      if (share > coverage[y * width + x]!) coverage[y * width + x] = share;
    }
  }
}
