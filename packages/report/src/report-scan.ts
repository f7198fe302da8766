import type { World } from '@lunet/io';
import type { CutOut } from './cut-out.ts';
import type { ReportFinding, ReportScan } from './report-data.ts';

/** What is shown of evaluate's `ScanMeasurement`. */
export interface MeasuredScan {
  readonly seriesUid: string;
  readonly nodules: readonly {
    readonly centerWorld: World;
    readonly diameterMm: number;
    readonly probability: number | null;
    readonly dice: number;
  }[];
  readonly candidates: readonly {
    readonly centerWorld: World;
    readonly diameterMm: number;
    readonly probability: number;
    readonly liesOn: 'nodule' | 'finding' | 'nothing';
  }[];
}

/** Which findings are shown, and how. */
export interface ReportScanOptions {
  /** Candidates count from this probability on, as in the summary. */
  readonly candidateThreshold?: number;
  /** So many false positives are shown, the most probable ones. */
  readonly maximumFalsePositives?: number;
  /** Cuts a finding out of the scan, if it can be seen there; called in the order in which findings are shown. */
  readonly cutOut?: (centerWorld: World) => CutOut | undefined;
}

/**
 * Makes a scan's part of the report of its measurement: nodules that were missed, those that were found, then the most
 * probable false positives.
 *
 * @example
 * ```ts
 * const scan = reportScan(measureScan(prediction, nodulesOf), {
 *   cutOut: (centerWorld) => cutOut(volume, { centerWorld, prediction, truth }),
 * });
 * ```
 */
export function reportScan(
  { seriesUid, nodules, candidates }: MeasuredScan,
  { candidateThreshold = 0, maximumFalsePositives = 5, cutOut }: ReportScanOptions = {},
): ReportScan {
  const isFound = (probability: number | null) => probability !== null && probability >= candidateThreshold;
  const ofNodules = nodules.map(({ centerWorld, diameterMm, probability, dice }): ReportFinding => {
    const kind = isFound(probability) ? 'found' : 'missed';
    return { kind, centerWorld, diameterMm, dice, ...(probability === null ? {} : { probability }) };
  });
  const falsePositives = candidates
    .filter(({ liesOn, probability }) => liesOn === 'nothing' && isFound(probability))
    .sort((a, b) => b.probability - a.probability)
    .map(
      ({ centerWorld, diameterMm, probability }): ReportFinding => ({
        kind: 'false-positive',
        centerWorld,
        diameterMm,
        probability,
      }),
    );
  const found = ofNodules.filter(({ kind }) => kind === 'found');
  const missed = ofNodules.filter(({ kind }) => kind === 'missed');
  const shown = [...missed, ...found, ...falsePositives.slice(0, maximumFalsePositives)];
  return {
    seriesUid,
    nodules: nodules.length,
    found: found.length,
    falsePositives: falsePositives.length,
    findings: cutOut ? shown.map((finding) => ({ ...finding, cutOut: cutOut(finding.centerWorld) })) : shown,
  };
}
