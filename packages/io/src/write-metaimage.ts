import path from 'node:path';
import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import { formatMetaImageHeader } from './format-metaimage-header.ts';
import type { Volume, VoxelArray } from './volume.ts';
import { writeAtomically } from './write-atomically.ts';

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
  formatMetaImageHeader(volume, describe);
  const raw = littleEndianBytes(volume.voxels.data);
  const data = compress ? await promisify(deflate)(raw) : raw;
  const header = formatMetaImageHeader(volume, {
    ...describe,
    ...(compress ? { compressedSize: data.length } : {}),
  });
  const headerBytes = new TextEncoder().encode(header);
  if (isLocal) {
    await writeAtomically(file, [headerBytes, data]);
  } else {
    await writeAtomically(dataPath, [data]);
    await writeAtomically(file, [headerBytes]);
  }
}

function littleEndianBytes(voxels: VoxelArray): Uint8Array {
  return new Uint8Array(voxels.buffer, voxels.byteOffset, voxels.byteLength);
}
