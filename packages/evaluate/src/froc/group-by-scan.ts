import type { Mark, Nodule } from '@lunet/io';
import type { FrocScan } from './froc.ts';

/** What a score is taken from, as the CSV files hold it. */
export interface ScoreRows {
  readonly nodules: readonly Nodule[];
  readonly excluded?: readonly Nodule[];
  readonly marks: readonly Mark[];
}

/** The rows by scan, and how many are of scans that are not in the list. */
export interface GroupedRows {
  readonly scans: FrocScan[];
  readonly skipped: { readonly nodules: number; readonly excluded: number; readonly marks: number };
}

/**
 * Deals annotations, excluded findings and marks to the scans of a list, for {@link froc}.
 *
 * A scan that no row names stays in the list, since false positives are divided by all its scans; rows of other scans
 * are left out and counted, as a part of LUNA16 is normally scored with the annotations of the whole.
 *
 * @throws {RangeError} if a scan is in the list twice.
 * @example
 * ```ts
 * const { scans, skipped } = groupByScan(parseSeriesUids(list), {
 *   nodules: parseAnnotations(annotations),
 *   excluded: parseAnnotations(excluded),
 *   marks: parsePredictions(predictions),
 * });
 * cpm(froc(scans));
 * ```
 */
export function groupByScan(
  seriesUids: readonly string[],
  { nodules, excluded = [], marks }: ScoreRows,
): GroupedRows {
  const scans = new Map<string, { nodules: Nodule[]; excluded: Nodule[]; marks: Mark[] }>();
  for (const seriesUid of seriesUids) {
    if (scans.has(seriesUid)) {
      throw new RangeError(`Cannot score scan ${seriesUid} twice: it is in the list of scans more than once`);
    }
    scans.set(seriesUid, { nodules: [], excluded: [], marks: [] });
  }
  const skipped = { nodules: 0, excluded: 0, marks: 0 };
  for (const nodule of nodules) {
    const scan = scans.get(nodule.seriesUid);
    if (scan === undefined) skipped.nodules++;
    else scan.nodules.push(nodule);
  }
  for (const finding of excluded) {
    const scan = scans.get(finding.seriesUid);
    if (scan === undefined) skipped.excluded++;
    else scan.excluded.push(finding);
  }
  for (const mark of marks) {
    const scan = scans.get(mark.seriesUid);
    if (scan === undefined) skipped.marks++;
    else scan.marks.push(mark);
  }
  return { scans: [...scans].map(([seriesUid, rows]) => ({ seriesUid, ...rows })), skipped };
}
