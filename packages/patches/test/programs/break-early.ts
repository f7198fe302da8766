// Breaks epochs off; with the argument "close" it closes each loader, else it leaves the last one open. Either way the
// process must reach its last line and end by itself.
import { createLoader } from '@lunet/patches/node';
import { makeSet } from '../make-chunk.ts';

for (let round = 0; round < 2; round++) {
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
  if (process.argv[2] === 'close') await loader.close();
}
console.log('reached the end');
