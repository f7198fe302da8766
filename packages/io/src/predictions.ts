import { parseCsv } from './csv.ts';
import type { World } from './geometry.ts';

/** A location that a system takes for a nodule: a row of a predictions file in the challenge's format. */
export interface Mark {
  readonly seriesUid: string;
  readonly centerWorld: World;
  /** How sure the system is; any finite number, since only the order counts. */
  readonly probability: number;
}

const columns = ['seriesuid', 'coordX', 'coordY', 'coordZ', 'probability'] as const;

/**
 * Parses predictions in LUNA16's submission format; columns are found by name and further ones passed over.
 *
 * @param name What errors call the file.
 * @throws {SyntaxError} if a column is missing, or a coordinate or probability is no finite number.
 * @example
 * ```ts
 * const csv = 'seriesuid,coordX,coordY,coordZ,probability\n1.3.6,68.5,-74.5,-288.75,0.875\n';
 * parsePredictions(csv)[0]?.probability; // 0.875
 * ```
 */
export function parsePredictions(text: string, name = 'predictions.csv'): Mark[] {
  return parseCsv(text, name, columns, (row) => ({
    seriesUid: row.text('seriesuid'),
    centerWorld: [row.number('coordX'), row.number('coordY'), row.number('coordZ')],
    probability: row.number('probability'),
  }));
}

/**
 * Writes predictions in LUNA16's submission format: a header line, LF, every number in the fewest digits that read
 * back equal.
 *
 * @example
 * ```ts
 * formatPredictions([{ seriesUid: '1.3.6', centerWorld: [1, 2, -3.5], probability: 0.25 }]);
 * // 'seriesuid,coordX,coordY,coordZ,probability\n1.3.6,1,2,-3.5,0.25\n'
 * ```
 */
export function formatPredictions(marks: readonly Mark[]): string {
  const rows = marks.map((mark) => [mark.seriesUid, ...mark.centerWorld, mark.probability].join(','));
  return `${[columns.join(','), ...rows].join('\n')}\n`;
}
