import { createHash } from 'node:crypto';
import { type FileHandle, open, readFile, realpath, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readMetaImageHeader, replaceFile } from '@lunet/io/node';

/** What is in a file of an earlier run: a result that can be used, or why not. */
export type Kept<T> =
  | { readonly kind: 'kept'; readonly result: T }
  | { readonly kind: 'absent' }
  | { readonly kind: 'outdated' }
  | { readonly kind: 'unreadable' };

/** Reads a result that {@link keepResult} wrote, if it is of the same fingerprint. */
export async function readKept<T>(file: string, fingerprint: string): Promise<Kept<T>> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { kind: 'absent' };
    return { kind: 'unreadable' };
  }
  try {
    const content = JSON.parse(text);
    if (typeof content?.fingerprint !== 'string' || typeof content.result !== 'object') {
      return { kind: 'unreadable' };
    }
    return content.fingerprint === fingerprint
      ? { kind: 'kept', result: content.result }
      : { kind: 'outdated' };
  } catch {
    return { kind: 'unreadable' };
  }
}

/** Keeps a result in a file, whole or not at all, and returns it as a later run would read it. */
export async function keepResult<T>(file: string, fingerprint: string, result: T): Promise<T> {
  const json = JSON.stringify({ fingerprint, result });
  await replaceFile(file, (temporary) => writeFile(temporary, json));
  return JSON.parse(json).result;
}

/** SHA-256 of plain data. */
export function fingerprintOf(...data: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(data)).digest('hex');
}

const blocks = 64;
const blockBytes = 4096;

/**
 * SHA-256 of a MetaImage's header, the length of its voxels' file, and 64 blocks of 4 kB spread over it.
 *
 * A volume of 200 MB takes milliseconds, and copied to another machine it is the same, unlike its date. A change of
 * single voxels between the blocks is not seen.
 */
export async function fingerprintMetaImage(path: string): Promise<string> {
  const hash = createHash('sha256');
  const { dataFile } = await readMetaImageHeader(path);
  if (dataFile !== 'LOCAL') hash.update(await readFile(path));
  const handle = await openData(path, dataFile);
  try {
    const { size } = await handle.stat();
    hash.update(`\n${size}\n`);
    const buffer = new Uint8Array(blockBytes);
    for (let block = 0; block < blocks; block++) {
      const position = Math.floor((block * Math.max(0, size - blockBytes)) / (blocks - 1));
      const { bytesRead } = await handle.read({ buffer, position });
      hash.update(buffer.subarray(0, bytesRead));
    }
    return hash.digest('hex');
  } finally {
    await handle.close();
  }
}

/** The voxels are beside the header as it is named or, where that is a link, as it is stored. */
async function openData(path: string, dataFile: string): Promise<FileHandle> {
  if (dataFile === 'LOCAL') return open(path);
  try {
    return await open(join(dirname(path), dataFile));
  } catch {
    return open(join(dirname(await realpath(path)), dataFile));
  }
}
