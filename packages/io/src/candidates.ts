import { parseCsv } from './csv.ts';
import type { World } from './geometry.ts';

/** A location that a detector proposed: a row of LUNA16's `candidates_V2.csv`. */
export interface CandidateRow {
  readonly seriesUid: string;
  readonly centerWorld: World;
  /** Class 1: on a nodule. */
  readonly isNodule: boolean;
}

const columns = ['seriesuid', 'coordX', 'coordY', 'coordZ', 'class'] as const;

/**
 * Parses `candidates_V2.csv`; columns are found by name and further ones passed over.
 *
 * @param name What errors call the file.
 * @throws {SyntaxError} if a column is missing, a coordinate is no number, or a class is neither 0 nor 1.
 * @example
 * ```ts
 * parseCandidates('seriesuid,coordX,coordY,coordZ,class\n1.3.6,68.5,-74.5,-288.75,1\n')[0]?.isNodule; // true
 * ```
 */
export function parseCandidates(text: string, name = 'candidates_V2.csv'): CandidateRow[] {
  return parseCsv(text, name, columns, (row) => {
    const label = row.number('class');
    if (label !== 0 && label !== 1) row.refuse('class', '0 or 1');
    return {
      seriesUid: row.text('seriesuid'),
      centerWorld: [row.number('coordX'), row.number('coordY'), row.number('coordZ')],
      isNodule: label === 1,
    };
  });
}

/**
 * Writes candidates as LUNA16 does: a header line, LF, class 0 or 1.
 *
 * @example
 * ```ts
 * formatCandidates([{ seriesUid: '1.3.6', centerWorld: [1, 2, -3.5], isNodule: false }]);
 * // 'seriesuid,coordX,coordY,coordZ,class\n1.3.6,1,2,-3.5,0\n'
 * ```
 */
export function formatCandidates(rows: readonly CandidateRow[]): string {
  const lines = rows.map((row) => [row.seriesUid, ...row.centerWorld, row.isNodule ? 1 : 0].join(','));
  return `${[columns.join(','), ...lines].join('\n')}\n`;
}
