import type { Mark, Nodule } from '@lunet/io';

/** Which of one scan's candidates are right. */
export interface CandidateMatches<T> {
  /** For each nodule the most probable candidate inside its radius; `undefined` is a miss. */
  readonly hits: readonly (T | undefined)[];
  /** Candidates that lie on no nodule and on no excluded finding. */
  readonly falsePositives: readonly T[];
  readonly nodulesFound: number;
  /** Candidates on an excluded finding and on no nodule. */
  readonly ignoredOnExcluded: number;
  /** Hits beyond each nodule's first, summed over the nodules. */
  readonly doubleDetections: number;
}

/** Radius in mm of a finding whose diameter is not known (−1 in annotations_excluded.csv). */
const UNKNOWN_FINDING_RADIUS = 5;

/**
 * Matches one scan's candidates with its nodules by LUNA16's official rule: a candidate hits a nodule if its squared
 * distance to the centre is below the squared radius; one candidate may hit several nodules; candidates on an excluded
 * finding count neither way, unless they hit a nodule.
 *
 * @param candidates from a prediction or a predictions file; any type with `centerWorld` and `probability`.
 * @example
 * ```ts
 * const nodule = { centerWorld: [0, 0, 0], diameterMm: 6 };
 * matchCandidates([{ centerWorld: [0, 0, 2.9], probability: 0.7 }], [nodule]).nodulesFound; // 1
 * matchCandidates([{ centerWorld: [0, 0, 3], probability: 0.7 }], [nodule]).nodulesFound; // 0
 * ```
 */
export function matchCandidates<T extends Pick<Mark, 'centerWorld' | 'probability'>>(
  candidates: readonly T[],
  nodules: readonly Pick<Nodule, 'centerWorld' | 'diameterMm'>[],
  excluded: readonly Pick<Nodule, 'centerWorld' | 'diameterMm'>[] = [],
): CandidateMatches<T> {
  const candidatesInside = indexByHeight(candidates);
  const matched = new Uint8Array(candidates.length);
  let doubleDetections = 0;
  const hits = nodules.map((nodule) => {
    const inside = candidatesInside(nodule);
    if (inside.length > 1) doubleDetections += inside.length - 1;
    let best: T | undefined;
    for (const place of inside) {
      matched[place] = 1;
      const candidate = candidates[place]!;
      if (best === undefined || candidate.probability > best.probability) best = candidate;
    }
    return best;
  });
  let ignoredOnExcluded = 0;
  for (const finding of excluded) {
    for (const place of candidatesInside(finding)) {
      if (matched[place] === 1) continue;
      matched[place] = 1;
      ignoredOnExcluded++;
    }
  }
  return {
    hits,
    falsePositives: candidates.filter((_, place) => matched[place] === 0),
    nodulesFound: hits.filter((hit) => hit !== undefined).length,
    ignoredOnExcluded,
    doubleDetections,
  };
}

/**
 * Sorts the candidates by z, so that a nodule is compared with those near its height alone: a submission may hold
 * thousands of marks a scan, and a scan thousands of findings.
 *
 * @returns a function that gives the places of the candidates inside a sphere, ascending.
 */
function indexByHeight(
  candidates: readonly Pick<Mark, 'centerWorld'>[],
): (sphere: Pick<Nodule, 'centerWorld' | 'diameterMm'>) => number[] {
  const height = (place: number): number => candidates[place]!.centerWorld[2];
  const order = Uint32Array.from(candidates, (_, place) => place).sort((a, b) => height(a) - height(b));
  return ({ centerWorld: [x, y, z], diameterMm }) => {
    const radius = diameterMm < 0 ? UNKNOWN_FINDING_RADIUS : diameterMm / 2;
    let low = 0;
    for (let high = order.length; low < high; ) {
      const middle = (low + high) >> 1;
      if (height(order[middle]!) - z <= -radius) low = middle + 1;
      else high = middle;
    }
    const inside: number[] = [];
    for (let rank = low; rank < order.length; rank++) {
      const place = order[rank]!;
      const center = candidates[place]!.centerWorld;
      const dz = center[2] - z;
      if (dz >= radius) break;
      const dx = center[0] - x;
      const dy = center[1] - y;
      if (dx * dx + dy * dy + dz * dz < radius * radius) inside.push(place);
    }
    return inside.sort((a, b) => a - b);
  };
}
