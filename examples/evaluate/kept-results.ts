import { createHash } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { type OpenMetaImageOptions, openMetaImage } from '@lunet/io/node';
import { writeText } from './score-files.ts';

/** What is in a file of an earlier run: a result that can be used, or why not. */
export type Kept<T> =
  | { readonly kind: 'kept'; readonly result: T }
  | { readonly kind: 'absent' }
  | { readonly kind: 'outdated' }
  | { readonly kind: 'unreadable' };

/** Reads a result that {@link keepResult} wrote, if it is of the same fingerprint; a changed one is unreadable. */
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
    if (content.checksum !== fingerprintOf(content.fingerprint, content.result)) {
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
  // What is not a number is null in JSON: the checksum is of what will be read.
  const read: T = JSON.parse(JSON.stringify(result));
  const json = JSON.stringify({ fingerprint, checksum: fingerprintOf(fingerprint, read), result: read });
  await writeText(file, json);
  return read;
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
 *
 * @throws {Error} as `openMetaImage` does.
 */
export async function fingerprintMetaImage(path: string, options?: OpenMetaImageOptions): Promise<string> {
  const image = await openMetaImage(path, options);
  await image.close();
  const hash = createHash('sha256').update(JSON.stringify(image.header));
  const handle = await open(image.dataPath);
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
