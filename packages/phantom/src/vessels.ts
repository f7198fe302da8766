import { hilum } from './mediastinum.ts';
import type { Patient } from './patient.ts';
import { createRandom, type Random } from './random.ts';
import type { Capsule, Point3 } from './solids.ts';
import { cellCenter, type Survey } from './survey.ts';

/** The branching tubes inside the lungs. */
export interface Vessels {
  readonly blood: readonly Capsule[];
  /** Lumens of the bronchi, beside the arteries. */
  readonly airway: readonly Capsule[];
}

/** Millimetres between the ends of neighbouring branches. */
const leafDistance = 10.5;
const leafRadius = 0.42;
/** Parent and daughter radii: r³ sums in Murray's law; lungs are measured nearer to 2.6. */
const radiusExponent = 2.6;

/**
 * Grows an artery tree with its bronchi and a vein tree into each lung.
 *
 * A branch serves a set of points; it runs part of the way to their centre and splits them across their longest
 * extent, until each has a twig of its own.
 */
export function growVessels(seed: number, patient: Patient, survey: Survey): Vessels {
  const random = createRandom(seed, 'vessels');
  const blood: Capsule[] = [];
  const airway: Capsule[] = [];
  for (const side of [-1, 1] as const) {
    const root = hilum(patient, side);
    const points = scatter(random, survey, side);
    const half = points.length >> 1;
    const beside: Point3 = [side * -0.35, 0.75, -0.55];
    grow(random, root.artery, points.slice(0, half), { blood, airway, beside });
    grow(random, root.vein, points.slice(half), { blood });
  }
  return { blood, airway };
}

/** Points spread through one lung, off its surface. */
function scatter(random: Random, survey: Survey, side: -1 | 1): Point3[] {
  const perCell = (2 * survey.cell ** 3) / leafDistance ** 3;
  const points: Point3[] = [];
  for (let i = 0; i < survey.depth.length; i++) {
    const depth = survey.depth[i]!;
    if (depth < 4) continue;
    const [x, y, z] = cellCenter(survey, i);
    if (x * side < 0) continue;
    if (!random.chance(perCell * Math.min(1, depth / 10))) continue;
    const jitter = (): number => random.uniform(-0.5, 0.5) * survey.cell;
    points.push([x + jitter(), y + jitter(), z + jitter()]);
  }
  // An unbiased shuffle, so that halves of the list are spread alike.
  for (let i = points.length - 1; i > 0; i--) {
    const k = random.int(i + 1);
    [points[i], points[k]] = [points[k]!, points[i]!];
  }
  return points;
}

interface Growth {
  readonly blood: Capsule[];
  readonly airway?: Capsule[];
  readonly beside?: Point3;
}

function grow(random: Random, root: Point3, points: Point3[], growth: Growth): void {
  const stack: { from: Point3; radius: number; points: Point3[] }[] = [
    { from: root, radius: radiusOf(points.length), points },
  ];
  for (let branch = stack.pop(); branch; branch = stack.pop()) {
    const { from, points: served } = branch;
    if (served.length === 0) continue;
    const center = centroid(served);
    const radius = radiusOf(served.length);
    const leaf = served.length === 1;
    // Thick branches fork soon, thin ones run on: lobes, segments, then long twigs.
    const share = leaf
      ? 1
      : random.uniform(0.8, 1.2) * Math.max(0.2, 0.42 - 0.028 * Math.log2(served.length));
    const bend = leaf ? 0.09 : 0.07;
    const wiggle = (scale: number): number => random.normal() * scale;
    const span = Math.hypot(center[0] - from[0], center[1] - from[1], center[2] - from[2]) * share;
    const along = (t: number, scale: number): Point3 => [
      from[0] + (center[0] - from[0]) * t + wiggle(scale),
      from[1] + (center[1] - from[1]) * t + wiggle(scale),
      from[2] + (center[2] - from[2]) * t + wiggle(scale),
    ];
    const middle = along(share / 2, span * bend);
    const to = along(share, leaf ? 0 : span * bend);
    const end = leaf ? radius * 0.7 : radius;
    const start = Math.min(branch.radius, radius * 1.25);
    add(growth, from, middle, start, (start + end) / 2);
    add(growth, middle, to, (start + end) / 2, end);
    if (leaf) continue;
    const [a, b] = split(random, served, center, from);
    stack.push({ from: to, radius, points: a }, { from: to, radius, points: b });
  }
}

function radiusOf(leaves: number): number {
  return leafRadius * leaves ** (1 / radiusExponent);
}

function add(
  { blood, airway, beside }: Growth,
  a: Point3,
  b: Point3,
  radiusA: number,
  radiusB: number,
): void {
  blood.push({ a, b, radiusA, radiusB });
  if (!airway || !beside || radiusB < 1.1) return;
  const shift = (p: Point3, radius: number): Point3 => {
    const by = radius * 1.8 + 0.7;
    return [p[0] + beside[0] * by, p[1] + beside[1] * by, p[2] + beside[2] * by];
  };
  airway.push({
    a: shift(a, radiusA),
    b: shift(b, radiusB),
    radiusA: radiusA * 0.62,
    radiusB: radiusB * 0.62,
  });
}

function centroid(points: readonly Point3[]): Point3 {
  const sum: [number, number, number] = [0, 0, 0];
  for (const [x, y, z] of points) {
    sum[0] += x;
    sum[1] += y;
    sum[2] += z;
  }
  return [sum[0] / points.length, sum[1] / points.length, sum[2] / points.length];
}

/**
 * Cuts the points by a plane through their middle, or off it so that a twig leaves a trunk.
 *
 * Of a few random planes it takes the one across which they spread most; planes across the way they are seen from
 * `from` count half, so that branches fan out and run long.
 */
function split(
  random: Random,
  points: readonly Point3[],
  center: Point3,
  from: Point3,
): [Point3[], Point3[]] {
  const ahead: Point3 = [center[0] - from[0], center[1] - from[1], center[2] - from[2]];
  const length = Math.hypot(...ahead) || 1;
  let normal: Point3 = [1, 0, 0];
  let spread = -1;
  for (let attempt = 0; attempt < 5; attempt++) {
    const raw: Point3 = [random.normal(), random.normal(), random.normal()];
    const forward = (0.5 * dot(raw, ahead)) / length ** 2;
    const tilted: Point3 = [
      raw[0] - forward * ahead[0],
      raw[1] - forward * ahead[1],
      raw[2] - forward * ahead[2],
    ];
    const size = Math.hypot(...tilted) || 1;
    const unit: Point3 = [tilted[0] / size, tilted[1] / size, tilted[2] / size];
    let sum = 0;
    for (const p of points) sum += (dot(unit, p) - dot(unit, center)) ** 2;
    if (sum > spread) {
      spread = sum;
      normal = unit;
    }
  }
  const middle = dot(normal, center) + random.normal() * 0.3 * Math.sqrt(spread / points.length);
  const a: Point3[] = [];
  const b: Point3[] = [];
  for (const p of points) (dot(normal, p) > middle ? a : b).push(p);
  // A set that the plane leaves whole is cut in two anyway, so that growth ends.
  if (a.length === 0 || b.length === 0)
    return [points.slice(0, points.length >> 1), points.slice(points.length >> 1)];
  return [a, b];
}

function dot(a: Point3, b: Point3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}
