import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tensor } from '@tensorflow/tfjs-core';
import { startEngine } from '../src/index.ts';
import { referenceUnet } from './reference-unet.ts';
import type { Work } from './works.ts';

const channels = 7;
const radius = 6;

/**
 * Writes what all contestants begin with, float32: the initial weights in the order of the network's layers, a batch of
 * images in HU with a bright ball each, `[batch, size, size, 7]`, and labels that mark it, `[batch, size, size, 1]`.
 *
 * A slice is in thousands of HU: the network has not seen any batch that would tell it how to normalise.
 *
 * @returns the folder with `weights`, `images` and `labels`, all `.f32`.
 */
export async function writeWorkFiles({ kind, filters, batch, size }: Work): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'lunet-bench-'));
  await startEngine({ prefer: 'cpu' });
  const model = referenceUnet(filters);
  const weights = model.trainableWeights.flatMap((weight) => [...(weight.read() as Tensor).dataSync()]);
  model.dispose();

  const random = seeded(1);
  const pixels = batch * size * size;
  const images = new Float32Array(pixels * channels);
  const labels = new Float32Array(pixels);
  for (let image = 0, pixel = 0; image < batch; image++) {
    const row = radius + random() * (size - 2 * radius);
    const column = radius + random() * (size - 2 * radius);
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++, pixel++) {
        const inside = Math.hypot(y - row, x - column) < radius;
        if (inside) labels[pixel] = 1;
        for (let channel = 0; channel < channels; channel++) {
          const hu = (inside ? -100 : -800) + 200 * (random() - 0.5);
          images[pixel * channels + channel] = kind === 'slice' ? hu / 1000 : hu;
        }
      }
    }
  }
  for (const [name, values] of Object.entries({ weights: Float32Array.from(weights), images, labels })) {
    await writeFile(join(folder, `${name}.f32`), values);
  }
  return folder;
}

/** Numbers in [0, 1) that follow from a seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}
