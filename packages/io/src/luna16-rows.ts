import type { Nodule } from './annotations.ts';
import type { CandidateRow } from './candidates.ts';
import { type Geometry, worldToIndex } from './geometry.ts';
import type { OpenedScan } from './luna16-scans.ts';
import type { Luna16Problem } from './open-luna16.ts';

/** The rows of a CSV file by scan, each once. */
export interface AssignedRows<T> {
  /** Those that lie in the scan. */
  readonly rowsOf: (seriesUid: string) => T[];
  readonly outsideOf: (seriesUid: string) => T[];
  /** How many rows there are of a scan that was not opened. */
  readonly skippedOf: (seriesUid: string) => number;
  readonly skipped: number;
}

/**
 * Deals the rows of a CSV file to the scans on disk.
 *
 * Rows that lie outside their scan are kept apart and become a problem of that scan; rows that the file repeats (LUNA16's
 * own list of excluded findings has them) become one of the file.
 */
export function assignRows<T extends Nodule | CandidateRow>(
  rows: readonly T[],
  file: string,
  scans: readonly OpenedScan[],
  problems: Luna16Problem[],
): AssignedRows<T> {
  const rowsByScan = new Map<string, T[]>(scans.map(({ seriesUid }) => [seriesUid, []]));
  const outsideByScan = new Map<string, T[]>();
  const skippedByScan = new Map<string, Set<string>>();
  let skipped = 0;
  for (const row of rows) {
    const ofScan = rowsByScan.get(row.seriesUid);
    if (ofScan) {
      ofScan.push(row);
      continue;
    }
    skipped++;
    const distinct = skippedByScan.get(row.seriesUid) ?? new Set();
    skippedByScan.set(row.seriesUid, distinct.add(JSON.stringify(row)));
  }
  let repeated = 0;
  for (const { seriesUid, geometry } of scans) {
    const all = rowsByScan.get(seriesUid)!;
    const distinct = [...new Map(all.map((row) => [JSON.stringify(row), row])).values()];
    const outside = distinct.filter((row) => !contains(geometry, row));
    repeated += all.length - distinct.length;
    rowsByScan.set(
      seriesUid,
      distinct.filter((row) => contains(geometry, row)),
    );
    if (outside.length === 0) continue;
    outsideByScan.set(seriesUid, outside);
    const message = `${outside.length} of ${distinct.length} rows of ${file} for scan ${seriesUid} lie outside its ${describe(geometry, outside[0]!)}`;
    problems.push({ kind: 'outside-volume', seriesUid, file, count: outside.length, message });
  }
  if (repeated > 0) {
    const message = `${repeated} rows of ${file} repeat another row`;
    problems.push({ kind: 'duplicate', seriesUid: undefined, file, count: repeated, message });
  }
  return {
    rowsOf: (seriesUid) => rowsByScan.get(seriesUid) ?? [],
    outsideOf: (seriesUid) => outsideByScan.get(seriesUid) ?? [],
    skippedOf: (seriesUid) => skippedByScan.get(seriesUid)?.size ?? 0,
    skipped,
  };
}

function contains(geometry: Geometry, { centerWorld }: Nodule | CandidateRow): boolean {
  const index = worldToIndex(geometry, centerWorld);
  return index.every((coordinate, axis) => coordinate >= -0.5 && coordinate < geometry.size[axis]! - 0.5);
}

function describe(geometry: Geometry, { centerWorld }: Nodule | CandidateRow): string {
  const index = worldToIndex(geometry, centerWorld).map((coordinate) => coordinate.toFixed(1));
  return `${geometry.size.join('x')} voxels: [${centerWorld.join(', ')}] mm is index [${index.join(', ')}]`;
}
