import { open } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import { contiguous } from './contiguous.ts';
import { channelsOf, formatMetaImageHeader } from './format-metaimage-header.ts';
import { replaceFile } from './replace-file.ts';
import type { Volume } from './volume.ts';

/** Options of {@link writeMetaImage}. */
export interface WriteMetaImageOptions {
  /** Store the voxels as a zlib stream; a `.mhd` then has a `.zraw` beside it. */
  readonly compress?: boolean;
}

/**
 * Writes a volume as `.mha`, or as `.mhd` with a `.raw` or `.zraw` beside it.
 *
 * The data file is in place before the header that names it, so that a reader never finds half a scan.
 *
 * @throws {TypeError} if the voxels' shape is not the geometry's size.
 */
export async function writeMetaImage(
  file: string,
  volume: Volume,
  { compress = false }: WriteMetaImageOptions = {},
): Promise<void> {
  const isLocal = path.extname(file).toLowerCase() === '.mha';
  const dataPath = isLocal
    ? file
    : `${file.slice(0, -path.extname(file).length)}.${compress ? 'zraw' : 'raw'}`;
  const describe = { dataFile: isLocal ? 'LOCAL' : path.basename(dataPath) };
  // Before the deflate, so that a shape that does not fit costs nothing.
  channelsOf(volume);
  const { buffer, byteOffset, byteLength } = contiguous(volume.voxels);
  const raw = new Uint8Array(buffer, byteOffset, byteLength);
  const data = compress ? await promisify(deflate)(raw) : raw;
  const header = formatMetaImageHeader(volume, {
    ...describe,
    ...(compress ? { compressedSize: data.length } : {}),
  });
  const headerBytes = new TextEncoder().encode(header);
  if (isLocal) {
    await replaceFile(file, (temporary) => writeParts(temporary, [headerBytes, data]));
  } else {
    await replaceFile(dataPath, (temporary) => writeParts(temporary, [data]));
    await replaceFile(file, (temporary) => writeParts(temporary, [headerBytes]));
  }
}

/** One write takes less than 2 GiB. */
const blockBytes = 1 << 26;

async function writeParts(file: string, parts: readonly Uint8Array[]): Promise<void> {
  const handle = await open(file, 'wx');
  try {
    for (const part of parts) {
      for (let start = 0; start < part.length; start += blockBytes) {
        await handle.writeFile(part.subarray(start, start + blockBytes));
      }
    }
  } finally {
    await handle.close();
  }
}
