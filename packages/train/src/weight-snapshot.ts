import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/** A copy of all of a model's weights, moving averages included, off the backend. */
export type WeightSnapshot = readonly Float32Array[];

export async function snapshotWeights(model: LayersModel): Promise<WeightSnapshot> {
  // slice(): a backend may hand out a view of its own memory.
  return Promise.all(
    model.weights.map(async (weight) => ((await weight.read().data()) as Float32Array).slice()),
  );
}

export function restoreWeights(model: LayersModel, snapshot: WeightSnapshot): void {
  tf.tidy(() => {
    model.weights.forEach((weight, index) => {
      weight.write(tf.tensor(snapshot[index]!, weight.shape as number[]));
    });
  });
}

/** Whether a snapshot holds neither NaN nor an infinity. */
export function isFiniteSnapshot(snapshot: WeightSnapshot): boolean {
  return snapshot.every((values) => values.every(Number.isFinite));
}
