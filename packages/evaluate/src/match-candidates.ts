import type { Nodule, World } from '@lunet/io';
import type { Candidate } from './find-candidates.ts';

/** Which of one scan's candidates are right. */
export interface CandidateMatches {
  /** For each nodule the most probable candidate inside its radius; `undefined` is a miss. */
  readonly hits: readonly (Candidate | undefined)[];
  /** Candidates that lie on no nodule and on no excluded finding. */
  readonly falsePositives: readonly Candidate[];
  readonly nodulesFound: number;
}

/** Radius in mm of an excluded finding whose diameter is not known (−1 in annotations_excluded.csv). */
const UNKNOWN_FINDING_RADIUS = 5;

/**
 * Matches one scan's candidates with its nodules by LUNA16's official rule: a candidate hits a nodule if its squared
 * distance to the centre is below the squared radius; one candidate may hit several nodules; candidates on an excluded
 * finding count neither way.
 *
 * @example
 * ```ts
 * const nodule = { seriesUid: 'a', centerWorld: [0, 0, 0], diameterMm: 6 };
 * matchCandidates([{ centerWorld: [0, 0, 2.9], probability: 0.7, … }], [nodule]).nodulesFound; // 1
 * matchCandidates([{ centerWorld: [0, 0, 3], probability: 0.7, … }], [nodule]).nodulesFound; // 0
 * ```
 */
export function matchCandidates(
  candidates: readonly Candidate[],
  nodules: readonly Pick<Nodule, 'centerWorld' | 'diameterMm'>[],
  excluded: readonly Pick<Nodule, 'centerWorld' | 'diameterMm'>[] = [],
): CandidateMatches {
  const matched = new Set<Candidate>();
  const hits = nodules.map((nodule) => {
    let best: Candidate | undefined;
    for (const candidate of candidates) {
      if (!isInside(candidate.centerWorld, nodule.centerWorld, nodule.diameterMm / 2)) continue;
      matched.add(candidate);
      if (best === undefined || candidate.probability > best.probability) best = candidate;
    }
    return best;
  });
  const falsePositives = candidates.filter(
    (candidate) =>
      !matched.has(candidate) &&
      !excluded.some(({ centerWorld, diameterMm }) =>
        isInside(
          candidate.centerWorld,
          centerWorld,
          diameterMm < 0 ? UNKNOWN_FINDING_RADIUS : diameterMm / 2,
        ),
      ),
  );
  return { hits, falsePositives, nodulesFound: hits.filter((hit) => hit !== undefined).length };
}

function isInside(point: World, center: World, radius: number): boolean {
  const dx = point[0] - center[0];
  const dy = point[1] - center[1];
  const dz = point[2] - center[2];
  return dx * dx + dy * dy + dz * dz < radius * radius;
}
