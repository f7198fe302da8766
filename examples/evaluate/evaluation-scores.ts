import {
  bootstrapFroc,
  cpm,
  type Froc,
  type FrocBand,
  type FrocScan,
  froc,
  officialRates,
  pickThreshold,
  type ScanMeasurement,
  type Summary,
  sensitivityAt,
  summarise,
} from '@lunet/evaluate';

/**
 * LUNA16's official score of a system, as scores.json has it; what is not defined, as where there are no nodules, is null
 * there, and so are the bounds of what fewer than two scans define.
 */
export interface ChallengeScores extends Omit<Froc, 'points' | 'ranking'> {
  readonly cpm: number;
  /** At the `officialRates`. */
  readonly sensitivityAt: readonly number[];
  /** False positives a scan. */
  readonly officialRates: readonly number[];
  /** 95 % of 1,000 resamples of the scans. */
  readonly band: FrocBand;
}

/** A system's scores and the curve that they are read from. */
export interface Challenge {
  readonly scores: ChallengeScores;
  readonly froc: Froc;
}

/** Scores marks as LUNA16 does. */
export function scoreChallenge(scans: readonly FrocScan[], seed: number): Challenge {
  const score = froc(scans);
  const { points, ranking, ...counts } = score;
  return {
    scores: {
      cpm: cpm(score),
      sensitivityAt: sensitivityAt(score),
      officialRates,
      ...counts,
      band: bootstrapFroc(score, { seed }),
    },
    froc: score,
  };
}

/** A threshold picked by rule, on the very scans that are scored, and the scores there; the reason where none meets the rule. */
export type OperatingPoint = { readonly rule: string } & Readonly<Record<string, number | string>>;

/** What measured scans add to LUNA16's score. */
export interface MeasuredScores extends Challenge {
  /** At the threshold that the scans were measured at, of all candidates. */
  readonly summary: Summary;
  /** On these very scans. */
  readonly operatingPoints: readonly OperatingPoint[];
}

/** Scores measured scans, in their order. */
export function scoreMeasurements(
  measurements: readonly ScanMeasurement[],
  { seed, recall }: { readonly seed: number; readonly recall: number },
): MeasuredScores {
  const marked = measurements.map((scan) => ({ ...scan, marks: scan.candidates }));
  return {
    ...scoreChallenge(marked, seed),
    summary: summarise(measurements, { seed }),
    operatingPoints: [
      operatingPoint(`recall of voxels at least ${recall}`, () => pickThreshold(measurements, { recall })),
      ...[1, 4].map((falsePositivesPerScan) =>
        operatingPoint(
          `at most ${falsePositivesPerScan} false positive${falsePositivesPerScan === 1 ? '' : 's'} a scan`,
          () => pickThreshold(measurements, { falsePositivesPerScan }),
        ),
      ),
    ],
  };
}

function operatingPoint(rule: string, pick: () => object): OperatingPoint {
  try {
    return { rule, pickedOn: 'these scans', ...pick() };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { rule, reason: error.message };
  }
}
