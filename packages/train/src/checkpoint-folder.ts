import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from '@lunet/io/node';
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from './checkpoint.ts';

/** A checkpoint that cannot be read is made up for by the one before. */
const kept = 2;

const fileName = /^\d{6,}\.safetensors$/;

/** Writes a checkpoint, whole or not at all, and removes all but the last two. */
export async function saveCheckpoint(folder: string, checkpoint: Checkpoint): Promise<void> {
  await mkdir(folder, { recursive: true });
  const name = `${String(checkpoint.state.step).padStart(6, '0')}.safetensors`;
  await replaceFile(join(folder, name), (temporary) => writeFile(temporary, encodeCheckpoint(checkpoint)));
  for (const old of (await newestFirst(folder)).slice(kept)) await rm(join(folder, old), { force: true });
}

/** The newest checkpoint that can be read, and what is wrong with those after it. */
export interface FoundCheckpoint {
  /** Undefined if the folder holds none. */
  readonly checkpoint: Checkpoint | undefined;
  readonly broken: readonly { readonly path: string; readonly message: string }[];
}

/**
 * Reads the newest checkpoint of a folder, or, if it is damaged, the one before; nothing is changed.
 *
 * @throws {Error} if there are some and none can be read.
 */
export async function newestCheckpoint(folder: string): Promise<FoundCheckpoint> {
  const broken: { path: string; message: string }[] = [];
  for (const name of await newestFirst(folder)) {
    const path = join(folder, name);
    try {
      return { checkpoint: decodeCheckpoint(await readFile(path)), broken };
    } catch (error) {
      broken.push({ path, message: (error as Error).message });
    }
  }
  if (broken.length === 0) return { checkpoint: undefined, broken };
  const list = broken.map(({ path, message }) => `${path}: ${message}`).join('; ');
  throw new Error(`Cannot resume: no checkpoint in ${folder} can be read. ${list}`);
}

async function newestFirst(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return names
    .filter((name) => fileName.test(name))
    .sort((a, b) => Number.parseInt(b, 10) - Number.parseInt(a, 10));
}
