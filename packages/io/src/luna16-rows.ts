import type { Nodule } from './annotations.ts';
import type { CandidateRow } from './candidates.ts';
import { type Geometry, worldToIndex } from './geometry.ts';
import type { OpenedScan } from './luna16-scans.ts';
import type { Luna16Problem } from './open-luna16.ts';

/**
 * Deals the rows of a CSV file to the scans on disk.
 *
 * Rows that the file repeats or that lie outside their scan become problems, one for each scan and kind.
 */
export function assignRows<T extends Nodule | CandidateRow>(
  rows: readonly T[],
  file: string,
  scans: readonly OpenedScan[],
  problems: Luna16Problem[],
): { rowsOf: (seriesUid: string) => T[]; skipped: number } {
  const rowsByScan = new Map<string, T[]>(scans.map(({ seriesUid }) => [seriesUid, []]));
  let skipped = 0;
  for (const row of rows) {
    const ofScan = rowsByScan.get(row.seriesUid);
    if (ofScan === undefined) skipped++;
    else ofScan.push(row);
  }
  for (const { seriesUid, geometry } of scans) {
    const all = rowsByScan.get(seriesUid)!;
    const distinct = [...new Map(all.map((row) => [JSON.stringify(row), row])).values()];
    const inside = distinct.filter((row) => contains(geometry, row));
    rowsByScan.set(seriesUid, inside);
    const report = (kind: Luna16Problem['kind'], count: number, what: string): void => {
      if (count === 0) return;
      const message = `${count} of ${all.length} rows of ${file} for scan ${seriesUid} ${what}`;
      problems.push({ kind, seriesUid, file, count, message });
    };
    report('duplicate', all.length - distinct.length, 'repeat another row');
    const outside = distinct.find((row) => !contains(geometry, row));
    report('outside-volume', distinct.length - inside.length, outside ? describe(geometry, outside) : '');
  }
  return { rowsOf: (seriesUid) => rowsByScan.get(seriesUid) ?? [], skipped };
}

function contains(geometry: Geometry, { centerWorld }: Nodule | CandidateRow): boolean {
  const index = worldToIndex(geometry, centerWorld);
  return index.every((coordinate, axis) => coordinate >= -0.5 && coordinate < geometry.size[axis]! - 0.5);
}

function describe(geometry: Geometry, { centerWorld }: Nodule | CandidateRow): string {
  const index = worldToIndex(geometry, centerWorld).map((coordinate) => coordinate.toFixed(1));
  return `lie outside its ${geometry.size.join('x')} voxels: [${centerWorld.join(', ')}] mm is index [${index.join(', ')}]`;
}
