import type { Random } from './random.ts';
import type { Capsule, Point3 } from './solids.ts';
import { inwards, lungDepth, type Survey } from './survey.ts';
import type { Vessels } from './vessels.ts';

/** How dense a nodule is. */
export type Density = 'solid' | 'part-solid' | 'ground-glass';
/** What a nodule touches. */
export type Attachment = 'free' | 'wall' | 'vessel';

/** A nodule of the phantom in its anatomical frame. */
export interface Lesion {
  readonly center: Point3;
  readonly diameterMm: number;
  readonly density: Density;
  readonly attachment: Attachment;
  readonly value: number;
  /** Radius of a part-solid nodule's core as a share of the whole, else 0. */
  readonly core: number;
  /** Waves on the surface: direction, frequency, amplitude as a share of the radius, phase. */
  readonly waves: readonly {
    readonly direction: Point3;
    readonly frequency: number;
    readonly amplitude: number;
    readonly phase: number;
  }[];
  readonly spicules: readonly Capsule[];
}

/** LUNA16's diameters: quantiles of its 1,186 annotations in mm. */
const diameterQuantiles = [
  [0, 3.25],
  [0.05, 4.09],
  [0.1, 4.4],
  [0.25, 5.11],
  [0.5, 6.43],
  [0.75, 9.7],
  [0.85, 12.86],
  [0.9, 15.48],
  [0.95, 18.95],
  [0.99, 23.99],
  [1, 32.27],
] as const;

/**
 * Diameter in mm at a quantile of LUNA16's annotations (0 gives 3.25, 0.5 gives 6.43, 1 gives 32.27), linear between
 * those listed.
 */
export function diameterAt(quantile: number): number {
  let i = 0;
  while (i + 2 < diameterQuantiles.length && quantile > diameterQuantiles[i + 1]![0]) i++;
  const [q0, d0] = diameterQuantiles[i]!;
  const [q1, d1] = diameterQuantiles[i + 1]!;
  return d0 + ((quantile - q0) / (q1 - q0)) * (d1 - d0);
}

/** The box, in the anatomical frame, that centres must keep to. */
export interface Bounds {
  readonly low: Point3;
  readonly high: Point3;
}

/** Where lesions may go. */
export interface Site {
  readonly survey: Survey;
  readonly vessels: Vessels;
  readonly bounds: Bounds;
}

/**
 * Places a nodule of the given diameter, or returns undefined where no place was found.
 *
 * A free one keeps clear of the wall and of vessels wider than a third of itself; one at the wall dips at most a third of its
 * radius into it; one at a vessel touches a branch thinner than itself.
 */
export function placeLesion(
  random: Random,
  site: Site,
  diameterMm: number,
  others: readonly Lesion[],
): Lesion | undefined {
  const attachment = random.pick<Attachment>([
    ['free', 0.5],
    ['wall', 0.25],
    ['vessel', 0.25],
  ]);
  const radius = diameterMm / 2;
  for (let attempt = 0; attempt < 400; attempt++) {
    // After many failures any place inside the lung will do.
    const kind = attempt < 250 ? attachment : 'free';
    const center = propose(random, site, kind, radius);
    if (!center || !inside(site.bounds, center, radius)) continue;
    const depth = lungDepth(site.survey, center);
    if (kind === 'wall' ? depth < Math.max(1.2, radius * 0.6) : depth < radius * (attempt < 330 ? 1.1 : 0.8))
      continue;
    if (others.some((other) => distance(other.center, center) < other.diameterMm / 2 + radius + 4)) continue;
    if (widestVessel(site.vessels, center, radius) > Math.max((kind === 'vessel' ? 0.7 : 0.33) * radius, 0.6))
      continue;
    return describe(random, center, diameterMm, kind);
  }
  return undefined;
}

function propose(
  random: Random,
  { survey, vessels, bounds }: Site,
  kind: Attachment,
  radius: number,
): Point3 | undefined {
  if (kind === 'vessel') {
    const branch = vessels.blood[random.int(vessels.blood.length)]!;
    if (branch.radiusB < 0.5 || branch.radiusB > 0.7 * radius) return undefined;
    const away = direction(random);
    const reach = 0.75 * radius + branch.radiusB;
    return [branch.b[0] + away[0] * reach, branch.b[1] + away[1] * reach, branch.b[2] + away[2] * reach];
  }
  const p: Point3 = [
    random.uniform(bounds.low[0], bounds.high[0]),
    random.uniform(bounds.low[1], bounds.high[1]),
    random.uniform(bounds.low[2], bounds.high[2]),
  ];
  const depth = lungDepth(survey, p);
  if (depth === 0 || kind === 'free') return depth === 0 ? undefined : p;
  if (depth > radius + 12) return undefined;
  const inward = inwards(survey, p);
  if (!inward) return undefined;
  const by = Math.max(1.5, random.uniform(0.7, 0.95) * radius) - depth;
  return [p[0] + inward[0] * by, p[1] + inward[1] * by, p[2] + inward[2] * by];
}

function inside({ low, high }: Bounds, center: Point3, radius: number): boolean {
  return center.every((at, axis) => {
    const room = Math.min(radius + 1, 0.35 * (high[axis]! - low[axis]!));
    return at >= low[axis]! + room && at <= high[axis]! - room;
  });
}

/** Radius of the widest branch that comes into the sphere. */
function widestVessel({ blood, airway }: Vessels, center: Point3, radius: number): number {
  let widest = 0;
  for (const branches of [blood, airway]) {
    for (const branch of branches) {
      const size = Math.max(branch.radiusA, branch.radiusB);
      if (size > widest && segmentDistance(branch, center) < radius * 0.7 + size) widest = size;
    }
  }
  return widest;
}

function segmentDistance({ a, b }: Capsule, p: Point3): number {
  const d = [b[0] - a[0], b[1] - a[1], b[2] - a[2]] as const;
  const squared = d[0] ** 2 + d[1] ** 2 + d[2] ** 2 || 1e-9;
  const t = Math.min(
    1,
    Math.max(0, ((p[0] - a[0]) * d[0] + (p[1] - a[1]) * d[1] + (p[2] - a[2]) * d[2]) / squared),
  );
  return Math.hypot(p[0] - a[0] - t * d[0], p[1] - a[1] - t * d[1], p[2] - a[2] - t * d[2]);
}

function distance(a: Point3, b: Point3): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

/** Uniform on the unit sphere. */
export function direction(random: Random): Point3 {
  const z = random.uniform(-1, 1);
  const angle = random.uniform(0, 2 * Math.PI);
  const r = Math.sqrt(1 - z * z);
  return [r * Math.cos(angle), r * Math.sin(angle), z];
}

/** Draws what a nodule looks like. */
export function describe(random: Random, center: Point3, diameterMm: number, attachment: Attachment): Lesion {
  // A hazy nodule of a few mm is a smudge that no reader annotates.
  const hazy = diameterMm >= 5.5 ? 1 : 0;
  const density = random.pick<Density>([
    ['solid', 0.78],
    ['part-solid', 0.12 * hazy],
    ['ground-glass', 0.1 * hazy],
  ]);
  const radius = diameterMm / 2;
  const calcified = density === 'solid' && diameterMm < 12 && random.chance(0.08);
  const value =
    density === 'solid'
      ? calcified
        ? random.uniform(180, 500)
        : random.uniform(-10, 70)
      : random.uniform(-660, -440);
  const waves = Array.from({ length: 3 }, (_, i) => ({
    direction: direction(random),
    frequency: 1.6 + 1.3 * i,
    amplitude: random.uniform(0.02, 0.075),
    phase: random.uniform(0, 2 * Math.PI),
  }));
  const spiculated = density !== 'ground-glass' && diameterMm > 8 && random.chance(0.35);
  const spicules = Array.from({ length: spiculated ? 7 + random.int(9) : 0 }, (): Capsule => {
    const way = direction(random);
    const at = (reach: number): Point3 => [
      center[0] + way[0] * reach,
      center[1] + way[1] * reach,
      center[2] + way[2] * reach,
    ];
    return { a: at(0.8 * radius), b: at(radius * random.uniform(1.25, 1.8)), radiusA: 0.7, radiusB: 0.25 };
  });
  const core = density === 'part-solid' ? random.uniform(0.4, 0.65) : 0;
  return { center, diameterMm, density, attachment, value, core, waves, spicules };
}
