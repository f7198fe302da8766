import { arrayOf, type ElementType, elementTypes } from './element-type.ts';
import { type Geometry, identityDirection, type Matrix3 } from './geometry.ts';
import { type MetaImageFields, readMetaImageFields } from './metaimage-fields.ts';

/** What a MetaImage header says, checked; plain data. */
export interface MetaImageHeader {
  /** Always three axes: a 2-D image is one slice of spacing 1 at world z = 0. */
  readonly geometry: Geometry;
  readonly dimensions: 2 | 3;
  readonly elementType: ElementType;
  /** Components per voxel. */
  readonly channels: number;
  readonly bigEndian: boolean;
  readonly compressed: boolean;
  /** Bytes of the zlib stream, where the header tells. */
  readonly compressedSize: number | undefined;
  /** Bytes to skip at the start of the data file; −1: the voxels are the end of the file. */
  readonly headerSize: number;
  /** `ElementDataFile` as written; `LOCAL`: the voxels follow the header. */
  readonly dataFile: string;
  /** Bytes from the start of the file to the end of the header. */
  readonly byteLength: number;
}

/**
 * Parses the header of a `.mhd` or `.mha` file.
 *
 * Keys may come in any order and letter case, with LF or CRLF, and unknown ones are passed over; `ElementDataFile`
 * ends the header. Fewer than three axes are filled up, and the direction is the transpose of `TransformMatrix`.
 * Missing fields take MetaIO's defaults: identity, zero offset, spacing from `ElementSize` or 1.
 *
 * @param bytes The whole file, or at least its header.
 * @param name What errors call the file.
 * @throws {SyntaxError} if the header is malformed, or asks for what is not supported: more than three axes, `LIST`
 * and numbered patterns, ASCII voxels, types that are no scalars.
 * @example
 * ```ts
 * const text = 'NDims = 2\nDimSize = 4 3\nElementType = MET_SHORT\nElementDataFile = LOCAL\n';
 * parseMetaImageHeader(new TextEncoder().encode(text), 'tiny.mha').geometry.size; // [4, 3, 1]
 * ```
 */
export function parseMetaImageHeader(bytes: Uint8Array, name: string): MetaImageHeader {
  const fields = readMetaImageFields(bytes, name);
  const dimensions = readDimensions(fields);
  const elementType = readElementType(fields);
  const channels = fields.integers('ElementNumberOfChannels', 1, 1)?.[0] ?? 1;
  if (!fields.boolean('BinaryData', true)) {
    fields.refuse('BinaryData', 'binary voxels; voxels written as text are not supported');
  }
  const compressed = fields.boolean('CompressedData', false);
  const headerSize = fields.integers('HeaderSize', 1, -1)?.[0] ?? 0;
  if (compressed && headerSize === -1) fields.refuse('HeaderSize', 'at least 0 for compressed voxels');
  const geometry = readGeometry(fields, dimensions);
  const byteCount = geometry.size.reduce((n, m) => n * m, channels * arrayOf(elementType).BYTES_PER_ELEMENT);
  if (byteCount > Number.MAX_SAFE_INTEGER) fields.refuse('DimSize', 'a volume of less than 2^53 bytes');
  return {
    geometry,
    dimensions,
    elementType,
    channels,
    bigEndian: fields.boolean('BinaryDataByteOrderMSB', fields.boolean('ElementByteOrderMSB', false)),
    compressed,
    compressedSize: fields.integers('CompressedDataSize', 1, 0)?.[0] || undefined,
    headerSize,
    dataFile: readDataFile(fields),
    byteLength: fields.byteLength,
  };
}

/** Bytes of one voxel with all its channels. */
export function voxelBytes(header: MetaImageHeader): number {
  return header.channels * arrayOf(header.elementType).BYTES_PER_ELEMENT;
}

/** Bytes of the whole volume, uncompressed. */
export function volumeBytes(header: MetaImageHeader): number {
  const { size } = header.geometry;
  return size[0] * size[1] * size[2] * voxelBytes(header);
}

function readDimensions(fields: MetaImageFields): 2 | 3 {
  const dimensions = fields.integers('NDims', 1, 1)?.[0] ?? fields.missing('NDims');
  if (dimensions !== 2 && dimensions !== 3) fields.refuse('NDims', '2 or 3 axes; others are not supported');
  return dimensions;
}

function readElementType(fields: MetaImageFields): ElementType {
  const text = fields.text('ElementType') ?? fields.missing('ElementType');
  const type = elementTypes.find((candidate) => candidate === text.toUpperCase());
  return type ?? fields.refuse('ElementType', `one of ${elementTypes.join(', ')}`);
}

function readDataFile(fields: MetaImageFields): string {
  const text = fields.text('ElementDataFile') ?? fields.missing('ElementDataFile');
  if (text === '') fields.refuse('ElementDataFile', 'a file name or LOCAL');
  if (/^list(\s|$)/i.test(text))
    fields.refuse('ElementDataFile', 'one file; a LIST of files is not supported');
  if (text.includes('%')) fields.refuse('ElementDataFile', 'one file; numbered patterns are not supported');
  return text.toUpperCase() === 'LOCAL' ? 'LOCAL' : text;
}

const spacingKeys = ['ElementSpacing', 'ElementSize'];

function readGeometry(fields: MetaImageFields, dimensions: 2 | 3): Geometry {
  const size = fields.integers('DimSize', dimensions, 1) ?? fields.missing('DimSize');
  const spacing = fields.numbers(spacingKeys, dimensions) ?? [1, 1, 1];
  if (spacing.some((mm) => mm === 0)) fields.refuse(spacingKeys, 'spacings other than 0');
  const origin = fields.numbers(['Offset', 'Position', 'Origin'], dimensions) ?? [0, 0, 0];
  const rows = fields.numbers(['TransformMatrix', 'Rotation', 'Orientation'], dimensions * dimensions);
  const direction = rows ? readDirection(fields, rows, dimensions) : [...identityDirection];
  // As ITK's ImageFileReader does: a negative spacing is a positive one along the opposite direction.
  spacing.forEach((mm, axis) => {
    if (mm < 0) for (const row of [0, 3, 6]) direction[row + axis]! *= -1;
  });
  return {
    size: [size[0]!, size[1]!, size[2] ?? 1],
    spacing: [Math.abs(spacing[0]!), Math.abs(spacing[1]!), Math.abs(spacing[2] ?? 1)],
    origin: [origin[0]!, origin[1]!, origin[2] ?? 0],
    direction: direction as unknown as Matrix3,
  };
}

/** Transposes: row `a` of TransformMatrix is the direction vector of axis `a`, ITK's column `a`. */
function readDirection(fields: MetaImageFields, rows: number[], n: 2 | 3): number[] {
  const d = [...identityDirection];
  for (let axis = 0; axis < n; axis++) {
    for (let component = 0; component < n; component++) d[component * 3 + axis] = rows[axis * n + component]!;
  }
  const determinant =
    d[0]! * (d[4]! * d[8]! - d[5]! * d[7]!) -
    d[1]! * (d[3]! * d[8]! - d[5]! * d[6]!) +
    d[2]! * (d[3]! * d[7]! - d[4]! * d[6]!);
  if (determinant === 0) fields.refuse('TransformMatrix', 'a matrix that can be inverted');
  return d;
}
