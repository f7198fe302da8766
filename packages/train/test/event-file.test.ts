import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { crc32c } from '../src/crc32c.ts';
import { EventFile, encodePng } from '../src/index.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lunet-events-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A Python that has TensorBoard, if there is one: `LUNET_PYTHON`, else `python3`. */
const python = process.env.LUNET_PYTHON ?? 'python3';
function hasTensorBoard(): boolean {
  try {
    execFileSync(python, ['-c', 'import tensorboard'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe('crc32c', () => {
  it('gives the check value of RFC 3720', () => {
    expect(crc32c(new TextEncoder().encode('123456789')).toString(16)).toBe('e3069283');
  });
});

describe('EventFile', () => {
  it('writes the bytes that TensorBoard itself writes', async () => {
    const now = new Date(1700000000500);
    const events = await EventFile.create(folder, now);
    await events.scalars(300, { 'train/loss': 0.25, 'train/recall': 1 }, now);
    const png = Uint8Array.from({ length: 200 }, (_, byte) => byte);
    await events.image(5_000_000_000, 'overlay', { width: 2, height: 1, png }, now);
    await events.restart(301, now);
    await events.close();
    const fixture = await readFile(join(import.meta.dirname, 'fixtures', 'events.tfevents'));
    expect(await readFile(events.path)).toEqual(fixture);
  });

  it.skipIf(!hasTensorBoard())(
    "is read by TensorBoard's own reader (needs a Python with tensorboard)",
    async () => {
      const own = await mkdtemp(join(folder, 'run-'));
      const events = await EventFile.create(own);
      await events.scalars(7, { loss: 0.5 });
      const png = encodePng({ width: 2, height: 1, rgb: Uint8Array.of(255, 0, 0, 0, 255, 0) });
      await events.image(7, 'overlay', { width: 2, height: 1, png });
      await events.close();
      const script = [
        'import sys',
        'from tensorboard.backend.event_processing.event_accumulator import EventAccumulator',
        'a = EventAccumulator(sys.argv[1]).Reload()',
        "s, i = a.Scalars('loss')[0], a.Images('overlay')[0]",
        'print(s.step, s.value, i.step, i.width, i.height, i.encoded_image_string[1:4].decode())',
      ].join('\n');
      const output = execFileSync(python, ['-c', script, own], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      expect(output.trim()).toBe('7 0.5 7 2 1 PNG');
    },
  );
});
