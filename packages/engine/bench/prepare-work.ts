import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { referenceTraining } from '../src/doctor/reference-step.ts';
import { startEngine } from '../src/index.ts';
import type { Work } from './works.ts';

/** A work on the engine that runs; weights and data are the same on each. */
export interface PreparedWork {
  /** Trainable weights of its network. */
  readonly weights: number;
  /** Does it once; a step's loss before the update, or the mean of a slice's probabilities. */
  run(): Promise<number>;
}

export function prepareWork(work: Work): PreparedWork {
  const { model, step, images } = referenceTraining(work);
  const weights = model.trainableWeights.reduce((sum, weight) => sum + (weight.read() as tf.Tensor).size, 0);
  const slice = sliceOf(images);
  const train = async (): Promise<number> => {
    const loss = step();
    const [value] = await loss.data();
    loss.dispose();
    return value!;
  };
  const predict = async (): Promise<number> => {
    const output = model.predict(slice) as tf.Tensor;
    const probabilities = await output.data();
    let sum = 0;
    for (const p of probabilities) sum += p;
    output.dispose();
    return sum / probabilities.length;
  };
  return { weights, run: work.kind === 'step' ? train : predict };
}

/**
 * Writes what a program that is not ours needs to do the same, float32: the initial weights in the order of the layers,
 * `images`, `[batch, size, size, 7]`, and `labels`, `[batch, size, size, 1]`, all `.f32`.
 */
export async function writeWork(work: Work, folder: string): Promise<void> {
  await startEngine({ prefer: 'cpu' });
  const { model, images, labels, dispose } = referenceTraining(work);
  const weights = model.trainableWeights.map((weight) => tf.reshape(weight.read() as tf.Tensor, [-1]));
  const inputs = work.kind === 'slice' ? sliceOf(images) : images;
  for (const [name, tensor] of Object.entries({ weights: tf.concat(weights), images: inputs, labels })) {
    // A cast of the plain cpu engine leaves bytes.
    await writeFile(join(folder, `${name}.f32`), Float32Array.from(await tensor.data()));
  }
  dispose();
}

/** In thousands of HU: the network has seen no batch that would tell it how to normalise. */
function sliceOf(images: tf.Tensor): tf.Tensor {
  return tf.div(images, 1000);
}
