import { type FileHandle, open } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { crc32c } from './crc32c.ts';
import { bytesField, doubleField, floatField, message, varintField } from './protobuf.ts';

/** An RGB picture for TensorBoard. */
export interface EventImage {
  readonly width: number;
  readonly height: number;
  readonly png: Uint8Array;
}

/** `SessionLog.START` (tensorflow/core/util/event.proto). */
const SESSION_START = 1;

/** A TensorBoard event file that is open for appending. */
export class EventFile {
  readonly path: string;
  readonly #file: FileHandle;

  private constructor(path: string, file: FileHandle) {
    this.path = path;
    this.#file = file;
  }

  /** Creates `events.out.tfevents.<seconds>.<host>` in a folder, which must exist. */
  static async create(folder: string, now: Date = new Date()): Promise<EventFile> {
    const seconds = Math.floor(now.getTime() / 1000);
    const path = join(folder, `events.out.tfevents.${String(seconds).padStart(10, '0')}.${hostname()}`);
    const events = new EventFile(path, await open(path, 'a'));
    // TensorBoard takes a file without this first record for one of an older format.
    await events.#append([doubleField(1, now.getTime() / 1000), bytesField(3, encode('brain.Event:2'))]);
    return events;
  }

  /** Says that a run was resumed: a TensorBoard that saw steps from this one on forgets them. */
  async restart(step: number, now: Date = new Date()): Promise<void> {
    await this.#append([
      doubleField(1, now.getTime() / 1000),
      varintField(2, step),
      bytesField(7, varintField(1, SESSION_START)),
    ]);
  }

  async scalars(
    step: number,
    values: Readonly<Record<string, number>>,
    now: Date = new Date(),
  ): Promise<void> {
    const summary = Object.entries(values).map(([tag, value]) =>
      bytesField(1, message([bytesField(1, encode(tag)), floatField(2, value)])),
    );
    await this.#append(event(step, now, message(summary)));
  }

  async image(step: number, tag: string, image: EventImage, now: Date = new Date()): Promise<void> {
    const picture = message([
      varintField(1, image.height),
      varintField(2, image.width),
      varintField(3, 3),
      bytesField(4, image.png),
    ]);
    const value = message([bytesField(1, encode(tag)), bytesField(4, picture)]);
    await this.#append(event(step, now, message([bytesField(1, value)])));
  }

  async sync(): Promise<void> {
    await this.#file.sync();
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  /** One TFRecord: length, its masked CRC, the bytes, their masked CRC; one write, so that a kill leaves whole records. */
  async #append(fields: readonly Uint8Array[]): Promise<void> {
    const data = message(fields);
    const record = new Uint8Array(data.length + 16);
    const view = new DataView(record.buffer);
    view.setBigUint64(0, BigInt(data.length), true);
    view.setUint32(8, masked(crc32c(record.subarray(0, 8))), true);
    record.set(data, 12);
    view.setUint32(12 + data.length, masked(crc32c(data)), true);
    await this.#file.appendFile(record);
  }
}

function event(step: number, now: Date, summary: Uint8Array): Uint8Array[] {
  return [doubleField(1, now.getTime() / 1000), varintField(2, step), bytesField(5, summary)];
}

/** TFRecord's mask, so that a CRC of data that holds CRCs stays useful (tensorflow/core/lib/hash/crc32c.h). */
function masked(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
