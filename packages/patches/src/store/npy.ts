/** What the header of an NPY file says: element type, shape, and where the data begins. */
export interface NpyHeader {
  /** NumPy's name: `<i2` is little-endian int16, `|u1` uint8. */
  readonly descr: string;
  readonly shape: readonly number[];
  /** Bytes before the first element. */
  readonly length: number;
}

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** The most that {@link parseNpyHeader} need be given: no header of a plain array is longer. */
export const maxNpyHeaderBytes = 4096;

/**
 * Writes the header of an array in C order as NPY 1.0, padded so that the data begins at a multiple of 64 bytes.
 *
 * Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export function formatNpyHeader(descr: string, shape: readonly number[]): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const prefix = magic.length + 4;
  const padded = text.padEnd(Math.ceil((prefix + text.length + 1) / 64) * 64 - prefix - 1);
  const length = padded.length + 1;
  return Uint8Array.of(
    ...magic,
    1,
    0,
    length & 0xff,
    length >> 8,
    ...new TextEncoder().encode(`${padded}\n`),
  );
}

/**
 * Reads the header of an NPY file of version 1 to 3 that holds a plain array in C order.
 *
 * @param bytes the beginning of the file, at least the header.
 * @param name what errors call the file.
 * @throws {SyntaxError} if it is no such header.
 * @example
 * ```ts
 * parseNpyHeader(formatNpyHeader('<i2', [26, 96, 96]), 'images.npy'); // { descr: '<i2', shape: [26, 96, 96], length: 128 }
 * ```
 */
export function parseNpyHeader(bytes: Uint8Array, name: string): NpyHeader {
  const refuse = (why: string): never => {
    throw new SyntaxError(`Cannot read ${name}: ${why}`);
  };
  if (magic.some((byte, i) => bytes[i] !== byte)) refuse('it is no NPY file');
  const version = bytes[6]!;
  if (!(version >= 1 && version <= 3)) refuse(`NPY version ${version}, expected 1 to 3`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = version === 1 ? 10 : 12;
  if (bytes.length < start) refuse('its header is cut short');
  const length = start + (version === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (length > bytes.length) refuse(`its header of ${length} bytes is cut short or too long`);
  const text = new TextDecoder('latin1').decode(bytes.subarray(start, length));
  const dictionary =
    /^\{\s*'descr':\s*'([^']{1,16})',\s*'fortran_order':\s*(True|False)\s*,\s*'shape':\s*\(([\d, ]*)\),?\s*\}\s*$/;
  const [, descr = '', order, sizes = ''] = dictionary.exec(text) ?? refuse('its header is not understood');
  if (order !== 'False') refuse('it is in Fortran order, expected C order');
  const counts = sizes.split(',').filter((size) => size.trim() !== '');
  const shape = counts.map((size) => Number(size));
  if (!shape.every(Number.isSafeInteger)) refuse(`its shape (${sizes.slice(0, 80)}) is not whole numbers`);
  return { descr, shape, length };
}
