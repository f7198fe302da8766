import type { Candidate } from '@lunet/evaluate';
import { textTable } from '../terminal/text-table.ts';

/** Candidates as CSV: the challenge's columns, which `pnpm evaluate --predictions` scores, and their size. */
export function candidatesCsv(seriesUid: string, candidates: readonly Candidate[]): string {
  const rows = candidates.map(({ centerWorld, probability, diameterMm, volumeMm3 }) =>
    [seriesUid, ...centerWorld, probability, diameterMm, volumeMm3].join(','),
  );
  return `${['seriesuid,coordX,coordY,coordZ,probability,diameter_mm,volume_mm3', ...rows].join('\n')}\n`;
}

/** The most probable candidates for people: slices are counted from 0, world coordinates are LPS mm. */
export function candidatesTable(candidates: readonly Candidate[], most = 10): string {
  if (candidates.length === 0) return '\nno candidates\n';
  const rows = candidates
    .slice(0, most)
    .map(({ centerWorld, centerIndex, probability, diameterMm }, i) => [
      `${i + 1} of ${candidates.length}`,
      String(Math.round(centerIndex[2])),
      centerWorld.map((mm) => mm.toFixed(1)).join(', '),
      diameterMm.toFixed(1),
      probability.toFixed(3),
    ]);
  return textTable([['candidate', 'slice', 'centre (mm)', 'diameter (mm)', 'probability'], ...rows]);
}
