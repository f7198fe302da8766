import { opendir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** A file below a folder. */
export interface ListedFile {
  /** Path below the folder, with slashes. */
  readonly path: string;
  readonly bytes: number;
}

/** All files below a folder, but not through linked folders; what vanishes meanwhile is left out. */
export async function* filesUnder(folder: string, below = ''): AsyncGenerator<ListedFile> {
  const entries = await opendir(join(folder, below)).catch(unlessGone);
  for await (const entry of entries ?? []) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) yield* filesUnder(folder, path);
    else {
      const found = await stat(join(folder, path)).catch(unlessGone);
      if (found?.isFile()) yield { path, bytes: found.size };
    }
  }
}

/** Bytes of all files below a folder. */
export async function folderBytes(folder: string): Promise<number> {
  let sum = 0;
  for await (const { bytes } of filesUnder(folder)) sum += bytes;
  return sum;
}

function unlessGone(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
}
