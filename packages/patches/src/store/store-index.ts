import { parseCsv } from '@lunet/io';
import type { ChunkSize } from '../chunks/chunk.ts';
import type { StoredChunk } from './stored-chunk.ts';

/** A row of index.csv: a chunk but for its open files. */
export type IndexRow = Omit<StoredChunk, 'files'>;

const columns = [
  'seriesuid',
  'fold',
  'kind',
  'coordX',
  'coordY',
  'coordZ',
  'diameter_mm',
  'spacingX',
  'spacingY',
  'spacingZ',
  'startX',
  'startY',
  'startZ',
  'firstImageSlice',
  'firstLabelSlice',
  'labelSlices',
] as const;

/** Writes index.csv: a header line, LF, a chunk a line; what is undefined is left empty. */
export function formatIndex(rows: readonly IndexRow[]): string {
  const lines = rows.map((row) =>
    [
      quoted(row.seriesUid),
      row.fold ?? '',
      row.kind,
      ...row.centerWorld,
      row.diameterMm ?? '',
      ...row.spacing,
      ...row.start,
      row.firstImageSlice,
      row.firstLabelSlice,
      row.labelSlices,
    ].join(','),
  );
  return `${[columns.join(','), ...lines].join('\n')}\n`;
}

/**
 * Reads index.csv and checks that its chunks follow each other without a gap.
 *
 * @param name what errors call the file.
 * @throws {SyntaxError} if a row is malformed.
 * @returns the rows, and the slices that they add up to.
 */
export function parseIndex(
  text: string,
  name: string,
  size: ChunkSize,
): { readonly rows: IndexRow[]; readonly imageSlices: number; readonly labelSlices: number } {
  let imageSlices = 0;
  let labelSlices = 0;
  const rows = parseCsv(text, name, columns, (row): IndexRow => {
    const whole = (column: string, least: number): number => {
      const value = row.number(column);
      return Number.isSafeInteger(value) && value >= least
        ? value
        : row.refuse(column, `a whole number from ${least}`);
    };
    const triple = (name: string): [number, number, number] => [
      row.number(`${name}X`),
      row.number(`${name}Y`),
      row.number(`${name}Z`),
    ];
    const kind = row.text('kind');
    if (kind !== 'nodule' && kind !== 'negative') return row.refuse('kind', 'nodule or negative');
    if (whole('firstImageSlice', 0) !== imageSlices) row.refuse('firstImageSlice', String(imageSlices));
    if (whole('firstLabelSlice', 0) !== labelSlices) row.refuse('firstLabelSlice', String(labelSlices));
    const chunk: IndexRow = {
      seriesUid: row.text('seriesuid'),
      fold: row.text('fold') === '' ? undefined : whole('fold', 0),
      kind,
      centerWorld: triple('coord'),
      diameterMm: row.text('diameter_mm') === '' ? undefined : row.number('diameter_mm'),
      spacing: triple('spacing'),
      start: triple('start'),
      firstImageSlice: imageSlices,
      firstLabelSlice: labelSlices,
      labelSlices: whole('labelSlices', 1),
    };
    imageSlices += chunk.labelSlices + size.slices - 1;
    labelSlices += chunk.labelSlices;
    return chunk;
  });
  return { rows, imageSlices, labelSlices };
}

/** The names of scans are those of files, which may hold anything. */
function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
