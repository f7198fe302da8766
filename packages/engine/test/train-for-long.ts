// Trains the small U-Net on the engine that its first argument names, for as many steps as its second, prints what has
// grown since a sixth of them, and ends by itself. Run by endurance.test.ts.
import { setImmediate } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs-core';
import { type EngineName, startEngine } from '../src/index.ts';
import { smallTraining } from './small-unet.ts';

await startEngine({ prefer: process.argv[2] as EngineName });
const steps = Number(process.argv[3]);
const { step } = smallTraining({ batch: 1, size: 8 });

async function measure(): Promise<{ tensors: number; bytes: number; buffers: number; rss: number }> {
  // What an addon frees by a finaliser is freed in a later turn.
  for (let turn = 0; turn < 3; turn++) {
    (globalThis as { gc?: () => void }).gc!();
    await setImmediate();
  }
  const { numTensors: tensors, numDataBuffers: buffers, numBytes: bytes } = tf.memory();
  return { tensors, buffers, bytes, rss: process.memoryUsage.rss() };
}

for (let i = 0; i < steps / 6; i++) step();
const before = await measure();
for (let i = steps / 6; i < steps; i++) step();
const after = await measure();
const grown = Object.entries(after).map(([name, value]) => [
  name,
  value - before[name as keyof typeof before],
]);
console.log(JSON.stringify(Object.fromEntries(grown)));
