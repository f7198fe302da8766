import { parseCsv } from './csv.ts';
import type { World } from './geometry.ts';

/** An annotation: a row of LUNA16's `annotations.csv`, or of `annotations_excluded.csv`. */
export interface Nodule {
  readonly seriesUid: string;
  readonly centerWorld: World;
  /** In mm; −1 for an excluded finding of unknown size. */
  readonly diameterMm: number;
}

const columns = ['seriesuid', 'coordX', 'coordY', 'coordZ', 'diameter_mm'] as const;

/**
 * Parses `annotations.csv` or `annotations_excluded.csv`; columns are found by name and further ones passed over.
 *
 * @param name What errors call the file.
 * @throws {SyntaxError} if a column is missing, a coordinate is no number, or a diameter is neither over 0 nor −1.
 * @example
 * ```ts
 * const csv = 'seriesuid,coordX,coordY,coordZ,diameter_mm\n1.3.6,-128.5,-175.25,-298.375,5.65\n';
 * parseAnnotations(csv)[0]?.centerWorld; // [-128.5, -175.25, -298.375]
 * ```
 */
export function parseAnnotations(text: string, name = 'annotations.csv'): Nodule[] {
  return parseCsv(text, name, columns, (row) => {
    const diameterMm = row.number('diameter_mm');
    if (diameterMm <= 0 && diameterMm !== -1) row.refuse('diameter_mm', 'over 0, or -1 for unknown');
    return {
      seriesUid: row.text('seriesuid'),
      centerWorld: [row.number('coordX'), row.number('coordY'), row.number('coordZ')],
      diameterMm,
    };
  });
}

/**
 * Writes annotations as LUNA16 does: a header line, LF, every number in the fewest digits that read back equal.
 *
 * @example
 * ```ts
 * formatAnnotations([{ seriesUid: '1.3.6', centerWorld: [1, 2, -3.5], diameterMm: 6.43 }]);
 * // 'seriesuid,coordX,coordY,coordZ,diameter_mm\n1.3.6,1,2,-3.5,6.43\n'
 * ```
 */
export function formatAnnotations(nodules: readonly Nodule[]): string {
  const rows = nodules.map((nodule) =>
    [nodule.seriesUid, ...nodule.centerWorld, nodule.diameterMm].join(','),
  );
  return `${[columns.join(','), ...rows].join('\n')}\n`;
}
