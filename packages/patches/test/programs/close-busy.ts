// Closes loaders whose threads are at work; the process must reach its last line each time and end by itself.
import { createLoader } from '@lunet/patches/node';
import { makeSet } from '../make-chunk.ts';

const set = makeSet(9, 6, { slices: 7, rows: 96, columns: 96 });
for (let round = 0; round < 6; round++) {
  const loader = createLoader(set, {
    batchSize: 1,
    seed: 1,
    numWorkers: 2,
    prefetch: 8,
    samplesPerNodule: 100,
  });
  const batches = loader.epoch(0);
  await batches.next();
  // Both threads have answered once and are at work: their next answers come while they are being ended.
  for (let i = 0; i < round; i++) (await batches.next()).value?.release();
  await loader.close();
}
console.log('reached the end');
