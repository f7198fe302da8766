import type { Acquisition } from './acquisition.ts';
import {
  type Bounds,
  describe,
  diameterAt,
  direction,
  type Lesion,
  placeLesion,
  type Site,
} from './lesions.ts';
import { createRandom, type Random } from './random.ts';
import type { Point3 } from './solids.ts';
import { lungDepth, type Survey } from './survey.ts';
import type { Vessels } from './vessels.ts';

/** What there is to find in a scan. */
export interface Findings {
  readonly lesions: readonly Lesion[];
  /** Nodules too small to be annotated. */
  readonly tiny: readonly Lesion[];
  readonly candidates: readonly { readonly center: Point3; readonly isNodule: boolean }[];
}

const mostNodules = 6;
const falseCandidates = 48;

/** Draws the nodules of a scan and the candidates that a detector would mark. */
export function findFindings(
  seed: number,
  given: { survey: Survey; vessels: Vessels; acquisition: Acquisition; meanNodules: number },
): Findings {
  const random = createRandom(seed, 'findings');
  const site: Site = { ...given, bounds: boundsOf(given.acquisition) };
  const lesions: Lesion[] = [];
  const diameters = Array.from({ length: Math.min(mostNodules, random.poisson(given.meanNodules)) }, () =>
    diameterAt(random.uniform(0, 1)),
  );
  // Largest first: small ones find a place between them.
  for (const diameterMm of diameters.sort((a, b) => b - a)) {
    const lesion = placeLesion(random, site, diameterMm, lesions);
    if (lesion) lesions.push(lesion);
  }
  const tiny: Lesion[] = [];
  for (let left = Math.min(3, random.poisson(0.8)); left > 0; left--) {
    const lesion = placeLesion(random, site, random.uniform(2, 2.9), [...lesions, ...tiny]);
    if (lesion) tiny.push(describe(random, lesion.center, lesion.diameterMm, lesion.attachment));
  }
  return { lesions, tiny, candidates: propose(random, site, lesions) };
}

/** The volume's extent in the anatomical frame. */
function boundsOf({ frame, z0, geometry }: Acquisition): Bounds {
  const { width, height, pixel, thickness } = frame;
  const top = z0 + (geometry.size[2] - 1) * thickness;
  // Outside the circle there may be padding instead of lung.
  const radius = (Math.min(width, height) * pixel) / 2 / Math.SQRT2;
  const x = frame.x0 + ((width - 1) / 2) * pixel;
  const y = frame.y0 + ((height - 1) / 2) * pixel;
  const wide = width * pixel > 260;
  return {
    low: [wide ? frame.x0 : x - radius, wide ? frame.y0 : y - radius, z0],
    high: [wide ? frame.x0 + width * pixel : x + radius, wide ? frame.y0 + height * pixel : y + radius, top],
  };
}

/** Two marks on each nodule, and marks on branches, forks and the lung's surface. */
function propose(
  random: Random,
  { survey, vessels, bounds }: Site,
  lesions: readonly Lesion[],
): Findings['candidates'] {
  const candidates: { center: Point3; isNodule: boolean }[] = [];
  for (const { center, diameterMm } of lesions) {
    for (const share of [0, 0.3]) {
      const off = direction(random);
      const by = (diameterMm / 2) * share * random.uniform(0.3, 1);
      candidates.push({
        center: [center[0] + off[0] * by, center[1] + off[1] * by, center[2] + off[2] * by],
        isNodule: true,
      });
    }
  }
  const branches = vessels.blood.filter(
    ({ b, radiusB }) => radiusB > 0.6 && within(bounds, b) && lungDepth(survey, b) > 1,
  );
  for (let k = 0; k < falseCandidates && branches.length > 0; k++) {
    const [branch] = branches.splice(random.int(branches.length), 1);
    const center = branch!.b;
    const near = lesions.some(
      (lesion) =>
        Math.hypot(center[0] - lesion.center[0], center[1] - lesion.center[1], center[2] - lesion.center[2]) <
        lesion.diameterMm / 2 + 3,
    );
    if (!near) candidates.push({ center, isNodule: false });
  }
  return candidates;
}

function within({ low, high }: Bounds, p: Point3): boolean {
  return p.every((at, axis) => at >= low[axis]! && at <= high[axis]!);
}
