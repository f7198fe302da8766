import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { referenceUnet } from './reference-unet.ts';
import type { Work } from './works.ts';

/** A work on the engine that runs. */
export interface PreparedWork {
  /** Trainable weights of its network. */
  readonly weights: number;
  /** Does it once; a step's loss before the update, or the mean of a slice's probabilities. */
  run(): Promise<number>;
}

/** Makes the network of a work, with the weights and the data that {@link writeWorkFiles} left in a folder. */
export async function prepareWork(work: Work, folder: string): Promise<PreparedWork> {
  const { kind, filters, batch, size } = work;
  const floats = async (name: string): Promise<Float32Array> => {
    const { buffer, byteOffset, byteLength } = await readFile(join(folder, `${name}.f32`));
    return new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength));
  };
  const model = referenceUnet(filters);
  const weights = setWeights(model, await floats('weights'));
  const images = tf.tensor4d(await floats('images'), [batch, size, size, 7]);
  const labels = tf.tensor4d(await floats('labels'), [batch, size, size, 1]);
  const optimizer = tf.train.adam(1e-3, 0.9, 0.999, 1e-8);

  const step = async (): Promise<number> => {
    const loss = optimizer.minimize(() => {
      const p = model.apply(images, { training: true }) as tf.Tensor;
      return tf.mean<tf.Scalar>(tf.add(dice(p, labels), tf.mul(dice(tf.mul(p, labels), labels), 8)));
    }, true)!;
    const [value] = await loss.data();
    loss.dispose();
    return value!;
  };
  const predict = async (): Promise<number> => {
    const output = tf.tidy(() => model.predict(images) as tf.Tensor);
    const probabilities = await output.data();
    let sum = 0;
    for (const p of probabilities) sum += p;
    output.dispose();
    return sum / probabilities.length;
  };
  return { weights, run: kind === 'step' ? step : predict };
}

/** 1 − (2Σpy + 1) / (Σp + Σy + 1) of each sample. */
function dice(p: tf.Tensor, y: tf.Tensor): tf.Tensor {
  const sum = (x: tf.Tensor) => tf.sum(x, [1, 2, 3]);
  const both = tf.add(tf.mul(sum(tf.mul(p, y)), 2), 1);
  return tf.sub(1, tf.div(both, tf.add(tf.add(sum(p), sum(y)), 1)));
}

function setWeights({ trainableWeights }: LayersModel, all: Float32Array): number {
  let at = 0;
  for (const weight of trainableWeights) {
    const shape = weight.shape as number[];
    const end = at + shape.reduce((product, side) => product * side, 1);
    const value = tf.tensor(all.slice(at, end), shape);
    weight.write(value);
    value.dispose();
    at = end;
  }
  if (at !== all.length) throw new RangeError(`Cannot set ${at} weights: the file has ${all.length}`);
  return at;
}
