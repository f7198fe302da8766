/**
 * What a checkpoint of the default network costs, beside a step of 16 crops.
 *
 *   node --import tsx --conditions @lunet/source bench/checkpoint.ts
 */
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEngine } from '@lunet/engine';
import { weightedDice } from '@lunet/losses';
import type { Batch } from '@lunet/patches';
import { buildUnet } from '@lunet/unet';
import { RunFolder, train } from '../src/index.ts';

const steps = 12;
const shape = { size: 16, height: 64, width: 64, channels: 7 } as const;
const pixels = shape.size * shape.height * shape.width;

async function* noise(from: number): AsyncGenerator<Batch> {
  const images = Float32Array.from({ length: pixels * shape.channels }, (_, i) => ((i * 7919) % 2000) - 1000);
  const labels = Float32Array.from({ length: pixels }, (_, i) => (i % 97 === 0 ? 1 : 0));
  for (let i = from; i < steps; i++) yield { images, labels, ...shape, samples: [], release: () => {} };
}

const folder = await mkdtemp(join(tmpdir(), 'lunet-bench-'));
try {
  const { device } = await startEngine();
  const path = join(folder, 'run');
  const first = await RunFolder.create(path, {});
  const { stepMilliseconds } = await train({
    model: buildUnet({ filters: 16, depth: 3, seed: 1 }),
    batches: (_, { from }) => noise(from),
    loss: (labels, predictions) => weightedDice(labels, predictions),
    epochs: 1,
    run: first,
  });
  await first.close();

  const { run, state } = await RunFolder.resume(path);
  const times: number[] = [];
  for (let i = 0; i < 30; i++) {
    const started = performance.now();
    await run.save(state!);
    times.push(performance.now() - started);
  }
  await run.close();
  const median = times.toSorted((a, b) => a - b)[times.length >> 1]!;
  const checkpoints = join(path, 'checkpoints');
  const { size } = await stat(join(checkpoints, (await readdir(checkpoints))[0]!));
  console.log(`step         ${stepMilliseconds.toFixed(0)} ms on ${device}`);
  console.log(`checkpoint   ${median.toFixed(1)} ms, ${(size / 1e6).toFixed(2)} MB, synced to disk`);
  console.log(`every 30 s   ${((median / 30_000) * 100).toFixed(3)} % of the time`);
} finally {
  await rm(folder, { recursive: true });
}
