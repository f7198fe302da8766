/**
 * Parses a list of scans such as LUNA16's `seriesuids.csv`: one series UID a line, with or without the header
 * `seriesuid`; LF or CRLF, a byte order mark and blank lines.
 *
 * @param name What errors call the file.
 * @throws {SyntaxError} if a line is not one UID, or repeats one: a scan that is listed twice would be scored twice.
 * @example
 * ```ts
 * parseSeriesUids('1.3.6\n1.3.7\n'); // ['1.3.6', '1.3.7']
 * ```
 */
export function parseSeriesUids(text: string, name = 'seriesuids.csv'): string[] {
  const rowOf = new Map<string, number>();
  let isFirst = true;
  for (const [index, line] of text.split('\n').entries()) {
    // trim() takes the carriage return and the byte order mark, too.
    const field = line.trim();
    if (field === '') continue;
    const uid = /^("?)([^\s",;]+)\1$/.exec(field)?.[2];
    if (uid === undefined) {
      const shown = JSON.stringify(field.slice(0, 80));
      throw new SyntaxError(`Cannot read ${name}: row ${index + 1} is ${shown}, expected one series UID`);
    }
    const isHeader = isFirst && uid.toLowerCase() === 'seriesuid';
    isFirst = false;
    if (isHeader) continue;
    const earlier = rowOf.get(uid);
    if (earlier !== undefined) {
      throw new SyntaxError(`Cannot read ${name}: row ${index + 1} repeats ${uid} of row ${earlier}`);
    }
    rowOf.set(uid, index + 1);
  }
  return [...rowOf.keys()];
}
