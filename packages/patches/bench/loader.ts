// How many augmented crops a second the loader gives, by count of workers, with nobody training meanwhile.
// Run in packages/patches: npx tsx --conditions @lunet/source bench/loader.ts
import { availableParallelism, cpus } from 'node:os';
import { type Augmentation, defaultChunkSize, referenceAugmentation } from '@lunet/patches';
import { createLoader } from '@lunet/patches/node';
import { disc, makeChunk } from '../test/make-chunk.ts';

const seconds = 4;
const batchSize = 16;
const cases: [name: string, augmentation: Augmentation][] = [
  ['plain crops', {}],
  ['flip, offset, scale, rotate', { ...referenceAugmentation, noise: 0 }],
  ['all of the reference', referenceAugmentation],
];

// 64 nodules of 10 slices each, 36 MB: more than a core's cache holds.
const chunks = Array.from({ length: 64 }, (_, k) =>
  makeChunk(
    defaultChunkSize,
    10,
    (s, r, c) => ((s * 7 + r * 13 + c * 31 + k) % 2001) - 1000,
    disc(defaultChunkSize, 12),
  ),
);

console.log(
  `${cpus()[0]?.model}, ${availableParallelism()} cores, Node ${process.version}, ${new Date().toISOString()}`,
);
for (const numWorkers of [0, 1, 2]) {
  for (const [name, augmentation] of cases) {
    const loader = createLoader(
      { size: defaultChunkSize, chunks },
      { batchSize, seed: 1, numWorkers, augmentation, samplesPerNodule: 20_000 },
    );
    const rate = await cropsPerSecond(loader.epoch(0));
    console.log(`${numWorkers} workers, ${name}: ${Math.round(rate).toLocaleString('en')} crops/s`);
    await loader.close();
  }
}

/** Reads for a second to warm up, then measures. */
async function cropsPerSecond(epoch: ReturnType<ReturnType<typeof createLoader>['epoch']>): Promise<number> {
  const warm = performance.now() + 1000;
  let start = 0;
  let crops = 0;
  for await (const batch of epoch) {
    const now = performance.now();
    if (start > 0) crops += batch.size;
    else if (now > warm) start = now;
    batch.release();
    if (start > 0 && now > start + seconds * 1000) return (crops * 1000) / (now - start);
  }
  throw new Error('Cannot measure: the epoch ended first');
}
