import { type MetaImageHeader, volumeBytes } from './metaimage-header.ts';

/** Deflate's best: 258 bytes for two bits. */
const maxInflation = 1032;

/**
 * Checks that a data file can hold what the header declares, before anything is allocated for it.
 *
 * Bytes after the voxels are passed over, as ITK does.
 *
 * @param fileLength Bytes of the file that the voxels are in, header included where they are `LOCAL`.
 * @throws {RangeError} with both sizes.
 */
export function checkDataSize(header: MetaImageHeader, fileLength: number, name: string): void {
  const declared = volumeBytes(header);
  const { start, end } = dataRange(header, fileLength);
  const available = Math.max(0, Math.min(end, fileLength) - start);
  const size = `DimSize ${header.geometry.size.join('x')} of ${header.channels > 1 ? `${header.channels} channels of ` : ''}${header.elementType} is ${declared} bytes`;
  if (!header.compressed) {
    if (start < 0 || available < declared) {
      throw new RangeError(
        `Cannot read ${name}: ${size}, the file has ${start < 0 ? fileLength : available}`,
      );
    }
    return;
  }
  if (end > fileLength) {
    throw new RangeError(
      `Cannot read ${name}: CompressedDataSize is ${header.compressedSize}, the file has ${available} bytes`,
    );
  }
  if (declared > available * maxInflation) {
    throw new RangeError(
      `Cannot read ${name}: ${size}, its ${available} compressed bytes inflate to ${available * maxInflation} at most`,
    );
  }
}

/** Where the bytes of the voxels lie in their file, compressed or not. */
export function dataRange(header: MetaImageHeader, fileLength: number): { start: number; end: number } {
  const stored = header.compressed ? header.compressedSize : volumeBytes(header);
  if (header.headerSize === -1) return { start: fileLength - volumeBytes(header), end: fileLength };
  const start = header.headerSize || (header.dataFile === 'LOCAL' ? header.byteLength : 0);
  return { start, end: stored === undefined ? fileLength : start + stored };
}
