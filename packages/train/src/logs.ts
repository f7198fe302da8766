import { readdir, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';

const metrics = 'metrics.jsonl';

/** The files of a run that are only ever appended to. */
async function logNames(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter(
    (name) => name === metrics || name.startsWith('events.out.tfevents.'),
  );
}

/** Bytes of each log file of a run. */
export async function logSizes(folder: string): Promise<Record<string, number>> {
  const names = await logNames(folder);
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  return Object.fromEntries(names.map((name, i) => [name, sizes[i]!]));
}

/** Cuts each log file back to what it held at a checkpoint; those that were begun later are removed. */
export async function cutLogs(folder: string, sizes: Readonly<Record<string, number>>): Promise<void> {
  for (const name of await logNames(folder)) {
    const path = join(folder, name);
    const size = Object.hasOwn(sizes, name) ? sizes[name]! : 0;
    if (size === 0) await rm(path);
    else if ((await stat(path)).size > size) await truncate(path, size);
  }
}

/** A name that `replaceFile` gives to what it has not finished. */
const temporary = /^\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\./;

/** Removes what a killed process left half written. */
export async function removeTemporaries(folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    const names = await readdir(folder).catch(() => []);
    for (const name of names.filter((name) => temporary.test(name))) await rm(join(folder, name));
  }
}
