import { arrayOf } from './element-type.ts';
import type { Geometry } from './geometry.ts';
import type { MetaImageHeader } from './metaimage-header.ts';
import { toVoxels, type Volume } from './volume.ts';

const hostIsBigEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 0;

/** Makes a volume of uncompressed bytes in the header's byte order, which are swapped in place where need be. */
export function decodeVoxels(
  buffer: ArrayBuffer,
  geometry: Geometry,
  header: Pick<MetaImageHeader, 'elementType' | 'channels' | 'bigEndian'>,
): Volume {
  const array = arrayOf(header.elementType);
  if (header.bigEndian !== hostIsBigEndian) swapBytes(new Uint8Array(buffer), array.BYTES_PER_ELEMENT);
  const [x, y, z] = geometry.size;
  const shape = header.channels === 1 ? [z, y, x] : [z, y, x, header.channels];
  return { geometry, voxels: toVoxels(new array(buffer), shape) };
}

function swapBytes(bytes: Uint8Array, width: number): void {
  for (let first = 0; first < bytes.length; first += width) {
    for (let a = first, b = first + width - 1; a < b; a++, b--) {
      const byte = bytes[a]!;
      bytes[a] = bytes[b]!;
      bytes[b] = byte;
    }
  }
}
