// Milliseconds and calls of each kernel in one run of a work, for an engine whose kernels compute when they are called:
// pnpm --filter @lunet/engine bench:kernels [engine] [work]
import * as tf from '@tensorflow/tfjs-core';
import { type EngineName, startEngine } from '../src/index.ts';
import { clockKernels } from './kernel-times.ts';
import { prepareWork } from './prepare-work.ts';
import { works } from './works.ts';

const rounds = 9;
const shown = 20;

const [prefer = 'wasm', key = 'step-16'] = process.argv.slice(2) as [EngineName?, string?];
const work = works.find((one) => one.key === key);
if (!work) throw new RangeError(`Cannot time '${key}': there are ${works.map((one) => one.key).join(', ')}`);
const engine = await startEngine({ prefer });
const { run } = prepareWork(work);
const times = clockKernels();
for (let round = -2; round < rounds; round++) {
  if (round === 0) times.clear();
  await run();
}
console.log(
  `${work.title} on ${engine.name} ${engine.version}, ${engine.device}; tensors: ${tf.memory().numTensors}`,
);
for (const { name, milliseconds, calls } of [...times.values()]
  .sort((a, b) => b.milliseconds - a.milliseconds)
  .slice(0, shown)) {
  const cells = [(milliseconds / rounds).toFixed(1).padStart(8), String(calls / rounds).padStart(7)];
  console.log(`${name.padEnd(28)}${cells.join('')}`);
}
