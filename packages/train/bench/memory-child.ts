// Trains for some steps and prints the most memory that it had resident, as JSON. The arguments are a store and a run
// folder to train on and to; without them every step takes the same batch, and nothing is saved.
import { readFileSync } from 'node:fs';
import { startEngine } from '@lunet/engine';
import { dlwptLoss } from '@lunet/losses';
import { type Batch, referenceAugmentation } from '@lunet/patches';
import { createLoader, openStore } from '@lunet/patches/node';
import { buildUnet } from '@lunet/unet';
import { RunFolder, type TrainOptions, train } from '../src/index.ts';

const maxSteps = 30;
const batchSize = 16;
const [storeFolder, runFolder] = process.argv.slice(2);

await startEngine();
const settings = {
  model: buildUnet({ seed: 1 }),
  loss: dlwptLoss,
  epochs: 1,
  maxSteps,
} satisfies Partial<TrainOptions>;
if (storeFolder !== undefined && runFolder !== undefined) {
  await using store = await openStore(storeFolder);
  await using loader = createLoader(store, {
    batchSize,
    seed: 1,
    numWorkers: 2,
    augmentation: referenceAugmentation,
    samplesPerNodule: 1000,
  });
  const run = await RunFolder.create(runFolder, {});
  await train({
    ...settings,
    run,
    batches: (epoch, place) => loader.epoch(epoch, place),
    checkpointSeconds: 1,
  });
  await run.close();
} else {
  await train({ ...settings, batches: oneBatch });
}
console.log(JSON.stringify({ peakMegabytes: peakBytes() / 1e6 }));

async function* oneBatch(): AsyncGenerator<Batch> {
  const shape = { size: batchSize, height: 64, width: 64, channels: 7 };
  const pixels = shape.size * shape.height * shape.width;
  const images = Float32Array.from({ length: pixels * shape.channels }, (_, i) => ((i * 7919) % 2000) - 1000);
  const labels = Float32Array.from({ length: pixels }, (_, i) => (i % 97 === 0 ? 1 : 0));
  for (;;) yield { images, labels, ...shape, samples: [], release: () => {} };
}

/** Linux also counts for a child what its parent had when it was forked, but not here. */
function peakBytes(): number {
  try {
    return 1024 * Number(/^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);
  } catch {
    return 1024 * process.resourceUsage().maxRSS;
  }
}
