import type { Mark, Nodule } from '@lunet/io';
import { capMarks } from './cap-marks.ts';
import { type FrocPoints, type FrocRanking, frocCurve, rankEntries } from './froc-curve.ts';
import { matchCandidates } from './match-candidates.ts';

/** One scan of the list that is scored: its truth and what the system marked in it. */
export interface FrocScan {
  readonly seriesUid: string;
  readonly nodules: readonly Pick<Nodule, 'centerWorld' | 'diameterMm'>[];
  /** Findings that count neither way. */
  readonly excluded?: readonly Pick<Nodule, 'centerWorld' | 'diameterMm'>[];
  readonly marks: readonly Pick<Mark, 'centerWorld' | 'probability'>[];
}

/** LUNA16's official score of a system: the counts that the official script prints, and the FROC curve. */
export interface Froc {
  readonly scans: number;
  readonly nodules: number;
  /** Nodules with at least one mark. */
  readonly truePositives: number;
  /** Marks that lie on no nodule and on no excluded finding. */
  readonly falsePositives: number;
  /** Nodules without a mark. */
  readonly falseNegatives: number;
  /** Marks that were scored, which are those within the cap. */
  readonly candidates: number;
  /** Marks on an excluded finding and on no nodule. */
  readonly ignoredOnExcluded: number;
  /** Marks on a nodule beyond its first, summed over the nodules. */
  readonly doubleDetections: number;
  /** Marks dropped by the cap. */
  readonly overCap: number;
  readonly points: FrocPoints;
  /** What {@link bootstrapFroc} resamples: as long as the marks, so leave it out of a JSON file. */
  readonly ranking: FrocRanking;
}

/**
 * Scores a system's marks by LUNA16's official rules (Setio et al., Medical Image Analysis 42, 2017, and the
 * challenge's script): {@link matchCandidates} scan by scan, sensitivity over all nodules, false positives over all
 * scans, nodule-free ones included.
 *
 * @param scans every scan of the list, also those without a mark.
 * @param maximumMarks per scan; with more, those strictly above the next one's probability are kept. `Infinity` is no cap.
 * @throws {RangeError} if there is no scan, one is there twice, a number is not finite, or the cap is neither a whole
 *   number from 1 nor `Infinity`.
 * @example
 * ```ts
 * const nodule = { centerWorld: [0, 0, 0], diameterMm: 6 };
 * const score = froc([
 *   { seriesUid: 'a', nodules: [nodule], marks: [{ centerWorld: [1, 0, 0], probability: 0.9 }] },
 *   { seriesUid: 'b', nodules: [nodule], marks: [{ centerWorld: [9, 0, 0], probability: 0.8 }] },
 * ]);
 * score.points; // { falsePositivesPerScan: [0, 0, 0.5], sensitivity: [0, 0.5, 0.5], threshold: [1.9, 0.9, 0.8] }
 * cpm(score); // 0.5
 * ```
 */
export function froc(
  scans: readonly FrocScan[],
  { maximumMarks = 100 }: { maximumMarks?: number } = {},
): Froc {
  checkList(scans);
  if (!(maximumMarks >= 1 && (Number.isInteger(maximumMarks) || maximumMarks === Infinity))) {
    throw new RangeError(
      `Cannot score at most ${maximumMarks} marks a scan: give a whole number from 1, or Infinity`,
    );
  }
  const counts = { nodules: 0, candidates: 0, ignoredOnExcluded: 0, doubleDetections: 0, overCap: 0 };
  const probability: number[] = [];
  const isNodule: number[] = [];
  const scanOf: number[] = [];
  let truePositives = 0;
  for (const [place, scan] of scans.entries()) {
    checkNumbers(scan);
    const marks = capMarks(scan.marks, maximumMarks);
    const matches = matchCandidates(marks, scan.nodules, scan.excluded);
    counts.nodules += scan.nodules.length;
    counts.candidates += marks.length;
    counts.ignoredOnExcluded += matches.ignoredOnExcluded;
    counts.doubleDetections += matches.doubleDetections;
    counts.overCap += scan.marks.length - marks.length;
    truePositives += matches.nodulesFound;
    for (const hit of matches.hits) {
      if (hit === undefined) continue;
      probability.push(hit.probability);
      isNodule.push(1);
      scanOf.push(place);
    }
    for (const mark of matches.falsePositives) {
      probability.push(mark.probability);
      isNodule.push(0);
      scanOf.push(place);
    }
  }
  const nodulesPerScan = Uint32Array.from(scans, ({ nodules }) => nodules.length);
  const ranking = rankEntries(probability, isNodule, scanOf, nodulesPerScan);
  return {
    scans: scans.length,
    ...counts,
    truePositives,
    falsePositives: probability.length - truePositives,
    falseNegatives: counts.nodules - truePositives,
    points: frocCurve(ranking),
    ranking,
  };
}

/** The seven false positive rates per scan at which LUNA16 reads the curve. */
export const officialRates: readonly number[] = [1 / 8, 1 / 4, 1 / 2, 1, 2, 4, 8];

/**
 * Reads a FROC curve at some false positive rates per scan, linearly interpolated.
 *
 * Where the curve rises at a rate, the upper end counts; beyond its end it stays as high as it was.
 *
 * @throws {RangeError} if a rate is not 0 or more.
 * @example
 * ```ts
 * sensitivityAt({ points: { falsePositivesPerScan: [0, 0, 1], sensitivity: [0, 0.4, 0.8], … } }, [0, 0.25, 4]); // [0.4, 0.5, 0.8]
 * ```
 */
export function sensitivityAt(
  { points }: Pick<Froc, 'points'>,
  rates: readonly number[] = officialRates,
): number[] {
  const { falsePositivesPerScan: x, sensitivity: y } = points;
  return rates.map((rate) => {
    if (!(rate >= 0)) throw new RangeError(`Cannot read a FROC curve at ${rate} false positives per scan`);
    let left = 0;
    for (let high = x.length; left + 1 < high; ) {
      const middle = (left + high) >> 1;
      if (x[middle]! <= rate) left = middle;
      else high = middle;
    }
    const right = left + 1;
    if (right === x.length) return y[left]!;
    return y[left]! + ((y[right]! - y[left]!) * (rate - x[left]!)) / (x[right]! - x[left]!);
  });
}

/** LUNA16's final score, the competition performance metric: the mean sensitivity at the seven official rates. */
export function cpm(froc: Pick<Froc, 'points'>): number {
  return sensitivityAt(froc).reduce((sum, sensitivity) => sum + sensitivity, 0) / officialRates.length;
}

function checkList(scans: readonly FrocScan[]): void {
  if (scans.length === 0)
    throw new RangeError('Cannot score 0 scans: list every scan, with marks or without');
  const placeOf = new Map<string, number>();
  for (const [place, { seriesUid }] of scans.entries()) {
    const earlier = placeOf.get(seriesUid);
    if (earlier !== undefined) {
      throw new RangeError(
        `Cannot score scan ${seriesUid} twice: it is number ${earlier + 1} and number ${place + 1} of the list`,
      );
    }
    placeOf.set(seriesUid, place);
  }
}

function checkNumbers({ seriesUid, nodules, excluded = [], marks }: FrocScan): void {
  const check = (
    what: string,
    place: number,
    { centerWorld: [x, y, z] }: Pick<Mark, 'centerWorld'>,
    size: number,
  ): void => {
    // A sum of finite numbers is finite, but for those beyond any CT.
    if (Number.isFinite(x + y + z + size)) return;
    throw new RangeError(
      `Cannot score scan ${seriesUid}: ${what} ${place + 1} has the numbers ${[x, y, z, size].join(', ')}, expected finite ones`,
    );
  };
  for (const [place, mark] of marks.entries()) check('mark', place, mark, mark.probability);
  for (const [place, nodule] of nodules.entries()) check('nodule', place, nodule, nodule.diameterMm);
  for (const [place, finding] of excluded.entries()) {
    check('excluded finding', place, finding, finding.diameterMm);
  }
}
