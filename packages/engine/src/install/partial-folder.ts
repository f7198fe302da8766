import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { folderBytes } from './list-files.ts';

/** Makes an empty folder beside another, in which that one is made anew. */
export async function makePartial(folder: string): Promise<string> {
  // Not mkdtemp, whose folders no other user may enter: a cache may be shared.
  const partial = `${folder}${suffix}${randomUUID()}`;
  await mkdir(partial);
  return partial;
}

/** Removes the partial folders that processes which were killed have left, and returns their bytes. */
export async function sweepPartials(folder: string): Promise<number> {
  let bytes = 0;
  for (const name of await readdir(dirname(folder))) {
    if (!name.startsWith(`${basename(folder)}${suffix}`)) continue;
    const left = join(dirname(folder), name);
    bytes += await folderBytes(left);
    await removeFolder(left);
  }
  return bytes;
}

/** Puts a partial folder in the place of a folder; libraries of the old one stay mapped in processes that use them. */
export async function replaceFolder(folder: string, partial: string): Promise<void> {
  await discardFolder(folder, () => rename(partial, folder));
}

/** Removes a folder so that at no time a part of it is there, and returns whether there was one. */
export async function discardFolder(folder: string, then?: () => Promise<void>): Promise<boolean> {
  const old = `${folder}${suffix}${randomUUID()}`;
  const there = await rename(folder, old).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      return false;
    },
  );
  await then?.();
  await removeFolder(old);
  return there;
}

/** Removes a folder that a program which just ended may still write to. */
async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}

const suffix = '.partial-';
