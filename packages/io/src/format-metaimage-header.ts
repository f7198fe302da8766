import { type ElementType, elementTypeOf } from './element-type.ts';
import type { Matrix3 } from './geometry.ts';
import type { Volume } from './volume.ts';

/** Where and how the voxels of a written header lie. */
export interface MetaImageData {
  /** `LOCAL`, or the name of a file beside the header. */
  readonly dataFile: string;
  /** Bytes of the zlib stream; omitted: the voxels are not compressed. */
  readonly compressedSize?: number;
}

/**
 * Writes the header of a MetaImage as ITK does, little endian, ending with the line feed after `ElementDataFile`.
 *
 * @throws {TypeError} if the voxels' shape is not the geometry's size.
 * @example
 * ```ts
 * const volume: Volume = {
 *   geometry: { size: [2, 1, 1], spacing: [0.7, 0.7, 2.5], origin: [0, 0, -100], direction: identityDirection },
 *   voxels: toVoxels(new Int16Array([-1000, 40]), [1, 1, 2]),
 * };
 * formatMetaImageHeader(volume, { dataFile: 'LOCAL' }).split('\n')[9]; // 'DimSize = 2 1 1'
 * ```
 */
export function formatMetaImageHeader(volume: Volume, { dataFile, compressedSize }: MetaImageData): string {
  const { size, spacing, origin, direction } = volume.geometry;
  const channels = channelsOf(volume);
  const type: ElementType = elementTypeOf(volume.voxels.data);
  const lines = [
    'ObjectType = Image',
    'NDims = 3',
    'BinaryData = True',
    'BinaryDataByteOrderMSB = False',
    `CompressedData = ${compressedSize === undefined ? 'False' : 'True'}`,
    ...(compressedSize === undefined ? [] : [`CompressedDataSize = ${compressedSize}`]),
    `TransformMatrix = ${transpose(direction).join(' ')}`,
    `Offset = ${origin.join(' ')}`,
    'CenterOfRotation = 0 0 0',
    `ElementSpacing = ${spacing.join(' ')}`,
    `DimSize = ${size.join(' ')}`,
    ...(channels === 1 ? [] : [`ElementNumberOfChannels = ${channels}`]),
    `ElementType = ${type}`,
    `ElementDataFile = ${dataFile}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** The channels of a volume, whose voxels must be `[z, y, x]` or `[z, y, x, channel]` of its geometry's size. */
export function channelsOf({ geometry, voxels }: Volume): number {
  const { size } = geometry;
  const [z, y, x, channels = 1] = voxels.shape;
  if (x !== size[0] || y !== size[1] || z !== size[2] || voxels.shape.length > 4) {
    throw new TypeError(
      `Cannot write volume: voxels of shape ${voxels.shape.join('x')} (z y x) do not fit size ${size.join('x')} (x y z)`,
    );
  }
  return channels;
}

function transpose(m: Matrix3): Matrix3 {
  return [m[0], m[3], m[6], m[1], m[4], m[7], m[2], m[5], m[8]];
}
