// Reads two batches, breaks off and ends without closing the loader: the process must end by itself.
import { createLoader } from '@lunet/patches';
import { makeSet } from '../make-chunk.ts';

const loader = createLoader(makeSet(9, 6), {
  batchSize: 2,
  seed: 1,
  numWorkers: 2,
  crop: { rows: 8, columns: 8 },
});
let seen = 0;
for await (const batch of loader.epoch(0)) {
  batch.release();
  if (++seen === 2) break;
}
console.log(`saw ${seen} batches`);
