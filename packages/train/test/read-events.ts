import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Step and tag of every scalar in a folder's TensorBoard events, in order; the images have none here. */
export async function readEvents(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => name.startsWith('events.out.tfevents.')).sort();
  const found: string[] = [];
  for (const name of names) {
    const bytes = await readFile(join(folder, name));
    // A record: length, its checksum, an Event, its checksum.
    for (let at = 0; at < bytes.length; ) {
      const length = Number(bytes.readBigUInt64LE(at));
      const fields = readFields(bytes.subarray(at + 12, at + 12 + length));
      const step = fields.find(([field]) => field === 2)?.[1];
      for (const [field, summary] of fields) {
        if (field !== 5) continue;
        for (const [, value] of readFields(summary as Buffer)) {
          const tag = readFields(value as Buffer).find(([field]) => field === 1)![1];
          found.push(`${step} ${tag}`);
        }
      }
      at += length + 16;
    }
  }
  return found;
}

type Field = readonly [number: number, value: number | Buffer];

/** Fields of a protobuf message. */
function readFields(bytes: Buffer): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++]!;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const key = varint();
    const kind = key & 7;
    if (kind === 0) fields.push([key >> 3, varint()]);
    else {
      const length = kind === 2 ? varint() : kind === 1 ? 8 : 4;
      fields.push([key >> 3, bytes.subarray(at, at + length)]);
      at += length;
    }
  }
  return fields;
}
