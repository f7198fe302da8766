import type { Volume } from '../src/index.ts';

/** What a test varies in the DICOM files of a CT. */
export interface DicomOptions {
  readonly seriesUid: string;
  readonly slope?: number;
  readonly intercept?: number;
}

const longLength = new Set(['OW', 'OB', 'SQ', 'UN', 'UT']);
const textEncoder = new TextEncoder();

/**
 * Encodes one slice of an int16 volume as a CT image in DICOM's explicit VR little endian transfer syntax.
 *
 * Only what a reader needs to place and scale the slice: PS3.5 for the encoding, PS3.3 C.7.6.2 for the geometry.
 */
export function encodeDicomSlice(volume: Volume<Int16Array>, z: number, options: DicomOptions): Uint8Array {
  const { seriesUid, slope = 1, intercept = -1024 } = options;
  const { size, spacing, origin, direction: d } = volume.geometry;
  const [columns, rows] = size;
  const position = [0, 1, 2].map((axis) => origin[axis]! + d[axis * 3 + 2]! * spacing[2] * z);
  const stored = new Int16Array(rows * columns);
  const first = z * rows * columns;
  stored.forEach((_, i) => {
    stored[i] = (volume.voxels.data[first + i]! - intercept) / slope;
  });
  const sopUid = `${seriesUid}.${z + 1}`;
  const ctImageStorage = '1.2.840.10008.5.1.4.1.1.2';
  const meta = concat([
    element(0x0002, 0x0001, 'OB', new Uint8Array([0, 1])),
    element(0x0002, 0x0002, 'UI', ctImageStorage),
    element(0x0002, 0x0003, 'UI', sopUid),
    element(0x0002, 0x0010, 'UI', '1.2.840.10008.1.2.1'),
  ]);
  return concat([
    new Uint8Array(128),
    textEncoder.encode('DICM'),
    element(0x0002, 0x0000, 'UL', new Uint8Array(new Uint32Array([meta.length]).buffer)),
    meta,
    element(0x0008, 0x0016, 'UI', ctImageStorage),
    element(0x0008, 0x0018, 'UI', sopUid),
    element(0x0008, 0x0060, 'CS', 'CT'),
    element(0x0018, 0x0050, 'DS', String(spacing[2])),
    element(0x0020, 0x000d, 'UI', `${seriesUid}.0`),
    element(0x0020, 0x000e, 'UI', seriesUid),
    element(0x0020, 0x0013, 'IS', String(z + 1)),
    element(0x0020, 0x0032, 'DS', position.join('\\')),
    element(0x0020, 0x0037, 'DS', [d[0], d[3], d[6], d[1], d[4], d[7]].join('\\')),
    element(0x0028, 0x0002, 'US', uint16(1)),
    element(0x0028, 0x0004, 'CS', 'MONOCHROME2'),
    element(0x0028, 0x0010, 'US', uint16(rows)),
    element(0x0028, 0x0011, 'US', uint16(columns)),
    element(0x0028, 0x0030, 'DS', `${spacing[1]}\\${spacing[0]}`),
    element(0x0028, 0x0100, 'US', uint16(16)),
    element(0x0028, 0x0101, 'US', uint16(16)),
    element(0x0028, 0x0102, 'US', uint16(15)),
    element(0x0028, 0x0103, 'US', uint16(1)),
    element(0x0028, 0x1052, 'DS', String(intercept)),
    element(0x0028, 0x1053, 'DS', String(slope)),
    element(0x7fe0, 0x0010, 'OW', new Uint8Array(stored.buffer)),
  ]);
}

function element(group: number, id: number, vr: string, value: string | Uint8Array): Uint8Array {
  const bytes = typeof value === 'string' ? textEncoder.encode(value) : value;
  const padded = new Uint8Array(bytes.length + (bytes.length % 2));
  // UIDs are padded with a null, text with a space.
  padded.fill(vr === 'UI' || typeof value !== 'string' ? 0 : 0x20);
  padded.set(bytes);
  const tag = new Uint8Array(new Uint16Array([group, id]).buffer);
  const length = longLength.has(vr)
    ? concat([uint16(0), new Uint8Array(new Uint32Array([padded.length]).buffer)])
    : uint16(padded.length);
  return concat([tag, textEncoder.encode(vr), length, padded]);
}

function uint16(value: number): Uint8Array {
  return new Uint8Array(new Uint16Array([value]).buffer);
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
