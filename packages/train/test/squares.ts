import { createHash } from 'node:crypto';
import { weightedDice } from '@lunet/losses';
import type { Batch } from '@lunet/patches';
import type { Loss, Validation } from '../src/index.ts';

/** A task that a tiny network learns in a second: bright squares on a dark image. */

export const SIZE = 16;

export const network = { inputChannels: 1, filters: 4, depth: 2, seed: 3 } as const;

/** A bright 4×4 square on a dark image at a place that depends on the step; the label is the square. */
export function squareBatch(step: number, size = 4): Batch {
  const images = new Float32Array(size * SIZE * SIZE).fill(-900);
  const labels = new Float32Array(size * SIZE * SIZE);
  for (let sample = 0; sample < size; sample++) {
    const left = (step * 5 + sample * 3) % (SIZE - 4);
    for (let y = 4; y < 8; y++) {
      for (let x = left; x < left + 4; x++) {
        const pixel = (sample * SIZE + y) * SIZE + x;
        images[pixel] = 0;
        labels[pixel] = 1;
      }
    }
  }
  return { images, labels, size, height: SIZE, width: SIZE, channels: 1, samples: [], release() {} };
}

export async function* squares(epoch: number, steps = 10, from = 0): AsyncGenerator<Batch> {
  for (let step = from; step < steps; step++) yield squareBatch(epoch * steps + step);
}

export const loss: Loss = (labels, predictions) => weightedDice(labels, predictions);

export function validation(score: number): Validation {
  const scores = {
    recall: score,
    precision: score,
    dice: score,
    nodules: 0,
    nodulesFound: 0,
    falsePositivesPerScan: 0,
  };
  return { score, scores, scans: [], overlays: [] };
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
