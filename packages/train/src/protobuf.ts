/** The four field encodings of Protocol Buffers that a TensorBoard event needs (protobuf.dev, "Encoding"). */

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/** An unsigned integer below 2⁵³. */
export function varintField(field: number, value: number): Uint8Array {
  return Uint8Array.from([...varint((field << 3) | VARINT), ...varint(value)]);
}

export function doubleField(field: number, value: number): Uint8Array {
  const bytes = new Uint8Array(9);
  bytes[0] = (field << 3) | FIXED64;
  new DataView(bytes.buffer).setFloat64(1, value, true);
  return bytes;
}

export function floatField(field: number, value: number): Uint8Array {
  const bytes = new Uint8Array(5);
  bytes[0] = (field << 3) | FIXED32;
  new DataView(bytes.buffer).setFloat32(1, value, true);
  return bytes;
}

/** A string, bytes or an embedded message. */
export function bytesField(field: number, value: Uint8Array): Uint8Array {
  return message([Uint8Array.from([...varint((field << 3) | BYTES), ...varint(value.length)]), value]);
}

/** Fields one after the other are a message. */
export function message(fields: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(fields.reduce((length, field) => length + field.length, 0));
  let at = 0;
  for (const field of fields) {
    bytes.set(field, at);
    at += field.length;
  }
  return bytes;
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  // Division, not shifts: a step or length may exceed 32 bits.
  while (rest >= 128) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return bytes;
}
