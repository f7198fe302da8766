// The package's worker thread, but over the first `lives` jobs it dies in the way it is told: when it has rendered, it
// spoils the batch instead of answering.
import { parentPort, workerData } from 'node:worker_threads';
import { register } from 'tsx/esm/api';

const { lives, death, buffers } = workerData;

const deaths = {
  exit: () => process.exit(3),
  throw: () => {
    throw new TypeError('thrown outside a rendering');
  },
  memory: () => {
    for (const hoard = []; ; ) hoard.push(new Array(1e5).fill(hoard.length));
  },
};

const answer = parentPort.postMessage.bind(parentPort);
let reply;
parentPort.postMessage = (message) => {
  reply = message;
};

register();
await import('../../src/loader/worker.ts');

parentPort.on('message', ({ buffer }) => {
  if (Atomics.sub(lives, 0, 1) <= 0) {
    answer(reply);
    return;
  }
  buffers[buffer].images.fill(Number.NaN);
  deaths[death]();
});
