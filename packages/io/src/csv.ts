import Papa from 'papaparse';

/** A row of a CSV file by column; the readers throw with the file, the row (the header is row 1) and the column. */
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
  // One kind of line end: Papa Parse guesses a single one from the beginning of the file.
  const { data, errors } = Papa.parse<string[]>(text.replaceAll('\r\n', '\n'), {
    delimiter: ',',
    newline: '\n',
  });
  const [error] = errors;
  if (error) throw new SyntaxError(`Cannot read ${name}: row ${(error.row ?? 0) + 1}: ${error.message}`);
  const [header = [], ...records] = data;
  const positions = findColumns(header, name, columns);
  let current = header;
  let number = 1;
  const row: CsvRow = {
    text: (column) => current[positions.get(column)!]!.trim(),
    number: (column) => {
      const value = row.text(column);
      const parsed = Number(value);
      return value !== '' && Number.isFinite(parsed) ? parsed : row.refuse(column, 'a number');
    },
    refuse: (column, expected) => {
      const value = JSON.stringify(row.text(column).slice(0, 80));
      throw new SyntaxError(
        `Cannot read ${name}: row ${number}: ${column} is ${value}, expected ${expected}`,
      );
    },
  };
  const rows: T[] = [];
  for (const record of records) {
    number++;
    if (record.length === 1 && record[0] === '') continue;
    if (record.length !== header.length) {
      throw new SyntaxError(
        `Cannot read ${name}: row ${number} has ${record.length} fields, the first has ${header.length}`,
      );
    }
    current = record;
    rows.push(toRow(row));
  }
  return rows;
}

/** The position of each column, whatever its letter case. */
function findColumns(
  header: readonly string[],
  name: string,
  columns: readonly string[],
): Map<string, number> {
  const found = header.map((field) => field.trim().toLowerCase());
  const positions = new Map(columns.map((column) => [column, found.indexOf(column.toLowerCase())]));
  for (const [column, position] of positions) {
    if (position !== -1) continue;
    const start = JSON.stringify(header.join(',').slice(0, 120));
    throw new SyntaxError(`Cannot read ${name}: no column ${column}, the first row is ${start}`);
  }
  return positions;
}
