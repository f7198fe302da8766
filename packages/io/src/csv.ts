import { parse } from '#csv-parse';

/** A row of a CSV file by column; the readers throw with the file, the line and the column. */
export interface CsvRow {
  text(column: string): string;
  number(column: string): number;
  refuse(column: string, expected: string): never;
}

/**
 * Reads CSV with a header line: LF or CRLF, a byte order mark, quoted fields, further columns, blank lines.
 *
 * @throws {SyntaxError} if a column is missing or a row has another number of fields than the header.
 */
export function parseCsv<T>(
  text: string,
  name: string,
  columns: readonly string[],
  toRow: (row: CsvRow) => T,
): T[] {
  const rows: T[] = [];
  const positions = new Map<string, number>();
  let current: { fields: string[]; line: number } = { fields: [], line: 0 };
  const row: CsvRow = {
    text: (column) => current.fields[positions.get(column)!]!.trim(),
    number: (column) => {
      const value = row.text(column);
      const parsed = Number(value);
      return value !== '' && Number.isFinite(parsed) ? parsed : row.refuse(column, 'a number');
    },
    refuse: (column, expected) => {
      const value = JSON.stringify(row.text(column).slice(0, 80));
      throw new SyntaxError(
        `Cannot read ${name}: line ${current.line}: ${column} is ${value}, expected ${expected}`,
      );
    },
  };
  const onRecord = (fields: string[], { lines }: { lines: number }): null => {
    current = { fields, line: lines };
    if (positions.size === 0) readHeader(fields, name, columns, positions);
    else rows.push(toRow(row));
    return null;
  };
  try {
    parse(text, {
      bom: true,
      skip_empty_lines: true,
      record_delimiter: ['\r\n', '\n', '\r'],
      on_record: onRecord,
    });
  } catch (cause) {
    if (cause instanceof SyntaxError) throw cause;
    throw new SyntaxError(`Cannot read ${name}: ${(cause as Error).message}`, { cause });
  }
  if (positions.size === 0) readHeader([], name, columns, positions);
  return rows;
}

function readHeader(
  fields: readonly string[],
  name: string,
  columns: readonly string[],
  positions: Map<string, number>,
): void {
  const found = fields.map((field) => field.trim().toLowerCase());
  for (const column of columns) {
    const position = found.indexOf(column.toLowerCase());
    if (position === -1) {
      throw new SyntaxError(
        `Cannot read ${name}: no column ${column}, the first line is ${JSON.stringify(fields.join(',').slice(0, 120))}`,
      );
    }
    positions.set(column, position);
  }
}
