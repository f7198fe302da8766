import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { CandidateRow, Nodule } from '@lunet/io';
import { formatAnnotations, formatCandidates } from '@lunet/io';
import { replaceFile } from '@lunet/io/node';
import { isLeftover } from './phantom-files.ts';
import type { PhantomNodule } from './scan.ts';

/** A scan on disk and its ground truth, as `phantom.json` keeps it. */
export interface PhantomRecord {
  readonly index: number;
  readonly fold: number;
  readonly seriesUid: string;
  readonly key: string;
  readonly nodules: readonly PhantomNodule[];
  readonly excluded: readonly Nodule[];
  readonly candidates: readonly CandidateRow[];
}

const file = 'phantom.json';
const format = 'lunet-phantom';

/**
 * Reads which scans a folder holds; none for a folder that is empty or absent.
 *
 * @throws {Error} if the folder holds anything but phantoms: nothing of anybody's is overwritten.
 */
export async function readRecords(root: string): Promise<PhantomRecord[]> {
  const names = await readdir(root).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return [];
    throw new Error(`Cannot write phantoms to ${root}: ${error.message}`, { cause: error });
  });
  if (names.every(isLeftover)) return [];
  if (!names.includes(file)) {
    throw new Error(
      `Cannot write phantoms to ${root}: it is not empty and has no ${file}; choose another folder`,
    );
  }
  let content: { format?: unknown; scans?: unknown };
  try {
    content = JSON.parse(await readFile(path.join(root, file), 'utf8'));
  } catch (cause) {
    throw new SyntaxError(`Cannot read ${path.join(root, file)}: ${(cause as Error).message}`, { cause });
  }
  if (content?.format !== format || !Array.isArray(content.scans)) {
    throw new SyntaxError(
      `Cannot read ${path.join(root, file)}: format is ${JSON.stringify(content?.format)}, not "${format}"`,
    );
  }
  return content.scans.filter(isRecord);
}

/** A record whose names could leave the folder, or that is damaged, counts as absent: its scan is made again. */
function isRecord(value: Partial<PhantomRecord> | null): value is PhantomRecord {
  return (
    typeof value === 'object' &&
    value !== null &&
    Number.isInteger(value.index) &&
    typeof value.key === 'string' &&
    /^[0-9.]{1,64}$/.test(value.seriesUid ?? '') &&
    Number.isInteger(value.fold) &&
    [value.nodules, value.excluded, value.candidates].every(Array.isArray)
  );
}

/** Writes `phantom.json` and LUNA16's three CSV files. */
export async function writeRecords(root: string, records: Iterable<PhantomRecord>): Promise<void> {
  const scans = [...records].sort((a, b) => a.index - b.index);
  const text = {
    [file]: `${JSON.stringify({ format, scans }, null, 1)}\n`,
    'annotations.csv': formatAnnotations(scans.flatMap((scan) => scan.nodules)),
    'annotations_excluded.csv': formatAnnotations(scans.flatMap((scan) => scan.excluded)),
    'candidates_V2.csv': formatCandidates(scans.flatMap((scan) => scan.candidates)),
  };
  for (const [name, content] of Object.entries(text)) {
    await replaceFile(path.join(root, name), (temporary) => writeFile(temporary, content));
  }
}
