import { decodeVoxels } from './decode-voxels.ts';
import { checkDataSize, dataRange } from './metaimage-data.ts';
import { parseMetaImageHeader, volumeBytes } from './metaimage-header.ts';
import type { Volume } from './volume.ts';

/** Options of {@link decodeMetaImage}. */
export interface DecodeMetaImageOptions {
  /** What errors call the file. */
  readonly name?: string;
}

/**
 * Decodes a MetaImage that is in memory, in a browser as in Node.
 *
 * @param headerBytes The `.mha` or `.mhd` file.
 * @param dataBytes The `.raw` or `.zraw` file of a `.mhd`; it is not asked where the header says it is.
 * @returns The whole volume, its bytes copied.
 * @throws {SyntaxError} if the header is malformed or not supported, or the voxels do not inflate.
 * @throws {RangeError} if there are fewer bytes than the header declares; this is checked before anything is allocated.
 * @example
 * ```ts
 * const text = 'NDims = 3\nDimSize = 2 1 1\nElementType = MET_UCHAR\nElementDataFile = tiny.raw\n';
 * const volume = await decodeMetaImage(new TextEncoder().encode(text), new Uint8Array([7, 9]));
 * volume.voxels.get(0, 0, 1); // 9
 * ```
 */
export async function decodeMetaImage(
  headerBytes: Uint8Array,
  dataBytes?: Uint8Array,
  { name = 'MetaImage' }: DecodeMetaImageOptions = {},
): Promise<Volume> {
  const header = parseMetaImageHeader(headerBytes, name);
  const file = header.dataFile === 'LOCAL' ? headerBytes : dataBytes;
  if (file === undefined) {
    throw new TypeError(`Cannot read ${name}: its voxels are in ${header.dataFile}, pass that file's bytes`);
  }
  checkDataSize(header, file.length, name);
  const { start, end } = dataRange(header, file.length);
  const length = volumeBytes(header);
  const data = file.subarray(start, end);
  const buffer = header.compressed ? await inflate(data, length, name) : copy(data.subarray(0, length));
  return decodeVoxels(buffer, header.geometry, header);
}

function copy(bytes: Uint8Array): ArrayBuffer {
  const buffer = new ArrayBuffer(bytes.length);
  new Uint8Array(buffer).set(bytes);
  return buffer;
}

/** Inflates `length` bytes and no more, whatever the stream would give. */
async function inflate(compressed: Uint8Array, length: number, name: string): Promise<ArrayBuffer> {
  const isGzip = compressed[0] === 0x1f && compressed[1] === 0x8b;
  const stream = new Blob([compressed as Uint8Array<ArrayBuffer>]).stream();
  const reader = stream.pipeThrough(new DecompressionStream(isGzip ? 'gzip' : 'deflate')).getReader();
  const output = new Uint8Array(length);
  let filled = 0;
  try {
    while (filled < length) {
      const { done, value } = await reader.read();
      if (done) break;
      output.set(value.subarray(0, length - filled), filled);
      filled += Math.min(value.length, length - filled);
    }
  } catch (cause) {
    throw new SyntaxError(
      `Cannot read ${name}: its voxels do not inflate after byte ${filled} of ${length}`,
      { cause },
    );
  }
  await reader.cancel().catch(() => {});
  if (filled < length) {
    throw new RangeError(
      `Cannot read ${name}: its voxels inflate to ${filled} bytes, the header declares ${length}`,
    );
  }
  return output.buffer;
}
