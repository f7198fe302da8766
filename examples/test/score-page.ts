import {
  bootstrapFroc,
  type Candidate,
  cpm,
  type FrocBand,
  findCandidates,
  froc,
  groupByScan,
  measureScan,
  type ScanMeasurement,
  type Summary,
  sensitivityAt,
  summarise,
} from '@lunet/evaluate';
import {
  type Geometry,
  type Nodule,
  parseAnnotations,
  parsePredictions,
  parseSeriesUids,
  toVoxels,
} from '@lunet/io';

/** What a page is given: the challenge's CSV files as texts, and a prediction of its first scan. */
export interface ScoreInput {
  readonly seriesUids: string;
  readonly annotations: string;
  readonly excluded: string;
  readonly predictions: string;
  readonly geometry: Geometry;
  readonly probabilities: readonly number[];
}

/** What it finds in them, as JSON. */
export interface ScoreResult {
  readonly counts: Readonly<Record<string, number>>;
  readonly points: { readonly falsePositivesPerScan: number[]; readonly sensitivity: number[] };
  readonly sensitivityAt: number[];
  readonly cpm: number;
  readonly band: FrocBand;
  readonly skipped: Readonly<Record<string, number>>;
  readonly candidates: Candidate[];
  readonly measurement: ScanMeasurement;
  readonly summary: Summary;
}

/** Scores marks by LUNA16's rules and finds the candidates of a prediction: in Node as in a page. */
export function runScore(input: ScoreInput): ScoreResult {
  const nodules: Nodule[] = parseAnnotations(input.annotations);
  const { scans, skipped } = groupByScan(parseSeriesUids(input.seriesUids), {
    nodules,
    excluded: parseAnnotations(input.excluded),
    marks: parsePredictions(input.predictions),
  });
  const { points, ranking, ...counts } = froc(scans);
  const score = { ...counts, points, ranking };

  const [width, height, depth] = input.geometry.size;
  const voxels = toVoxels(Float32Array.from(input.probabilities), [depth, height, width]);
  const prediction = { geometry: input.geometry, voxels };
  const { seriesUid } = scans[0]!;
  const measurement = measureScan(prediction, {
    seriesUid,
    nodules: nodules.filter((nodule) => nodule.seriesUid === seriesUid),
  });
  return {
    counts,
    points,
    sensitivityAt: sensitivityAt(score),
    cpm: cpm(score),
    band: bootstrapFroc(score, { seed: 1, resamples: 200 }),
    skipped,
    candidates: findCandidates(prediction, { threshold: 0.3, connectivity: 6, mergeWithinMm: 4 }),
    measurement,
    summary: summarise([measurement], { seed: 1, resamples: 50 }),
  };
}
