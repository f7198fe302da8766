import { writeFile } from 'node:fs/promises';
import type { Froc } from '@lunet/evaluate';
import { replaceFile } from '@lunet/io/node';

/** Writes a text file, whole or not at all. */
export function writeText(file: string, text: string): Promise<void> {
  return replaceFile(file, (temporary) => writeFile(temporary, text));
}

/** Writes plain data as JSON for people to read. */
export function writeJson(file: string, data: unknown): Promise<void> {
  return writeText(file, `${JSON.stringify(data, null, 2)}\n`);
}

/** A FROC curve's points as CSV. */
export function frocCsv({ points }: Pick<Froc, 'points'>): string {
  const { falsePositivesPerScan, sensitivity, threshold } = points;
  const rows = falsePositivesPerScan.map((x, i) => `${x},${sensitivity[i]},${threshold[i]}`);
  return `${['falsePositivesPerScan,sensitivity,threshold', ...rows].join('\n')}\n`;
}
