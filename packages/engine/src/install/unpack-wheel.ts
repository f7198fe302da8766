import { basename, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { checkSpace } from './check-space.ts';
import { megabytesOf, type Progress } from './progress.ts';
import { placeOfWheelFile } from './wheel-files.ts';
import { writeFlushed } from './write-flushed.ts';

interface UnpackOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: Progress | undefined;
}

const mostEntries = 100_000;
const longestMetadata = 1 << 20;

/**
 * Unpacks from a Python wheel what an installation needs, and returns its METADATA.
 *
 * Every file is as long as the wheel declares and has its CRC-32, and lies inside `into`; the declared sizes are held
 * against the free space before anything is written.
 *
 * @throws {Error} naming the wheel and the entry.
 */
export async function unpackWheel(
  wheel: string,
  into: string,
  { signal, onProgress }: UnpackOptions = {},
): Promise<string> {
  const name = basename(wheel);
  let close = (): void => {};
  try {
    // yauzl refuses absolute paths and '..', and a stream that is longer or shorter than declared.
    const zip = await openPromise(wheel, { autoClose: false, strictFileNames: true });
    close = () => zip.close();
    if (zip.entryCount > mostEntries)
      throw new Error(`it has ${zip.entryCount} entries, more than ${mostEntries}`);
    const wanted: { entry: Entry; place: string }[] = [];
    let metadata: string | undefined;
    for await (const entry of zip.eachEntry()) {
      signal?.throwIfAborted();
      const place = placeOfWheelFile(entry.fileName);
      if (place !== undefined) wanted.push({ entry, place });
      if (/^[^/]+\.dist-info\/METADATA$/.test(entry.fileName)) metadata = await readText(zip, entry);
    }
    if (metadata === undefined) throw new Error('it has no METADATA: not a Python wheel');
    const total = wanted.reduce((sum, { entry }) => sum + entry.uncompressedSize, 0);
    await checkSpace(into, total);
    let done = 0;
    for (const { entry, place } of wanted) {
      const executable = ((entry.externalFileAttributes >>> 16) & 0o111) !== 0;
      let sum = 0;
      const onPiece = (piece: Buffer): void => {
        sum = crc32(piece, sum);
        done += piece.length;
        onProgress?.(`Unpacking ${name}: ${megabytesOf(done, total)}`);
      };
      const open = () => zip.openReadStreamPromise(entry);
      await writeFlushed(open, join(into, place), { executable, signal, onPiece });
      if (sum !== entry.crc32) {
        const [found, declared] = [sum, entry.crc32].map((value) => value.toString(16).padStart(8, '0'));
        throw new Error(`${entry.fileName} has CRC-32 ${found}, declared ${declared}; fetch the wheel again`);
      }
    }
    return metadata;
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    throw new Error(`Cannot unpack ${name}: ${(cause as Error).message}`, { cause });
  } finally {
    close();
  }
}

async function readText(zip: ZipFile, entry: Entry): Promise<string> {
  if (entry.uncompressedSize > longestMetadata) {
    throw new Error(`${entry.fileName} has ${entry.uncompressedSize} bytes, more than ${longestMetadata}`);
  }
  const pieces: Buffer[] = [];
  for await (const piece of await zip.openReadStreamPromise(entry)) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString('utf8');
}
