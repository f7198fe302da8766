import { countPixels, type PixelCounts } from '@lunet/losses';
import type { Batch } from '@lunet/patches';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/** Loss of predictions against labels, both `[batch, height, width, 1]`; a finite scalar for probabilities in 0 … 1. */
export type Loss = (labels: tf.Tensor4D, predictions: tf.Tensor4D) => tf.Scalar;

/** What one step computed, before its update. */
export interface StepResult {
  readonly loss: number;
  /** The batch's pixels at a threshold of 0.5. */
  readonly counts: PixelCounts;
}

/**
 * Makes the function that does one training step: forward, loss, gradients, update.
 *
 * The update is left out if the loss is not finite, so the weights stay as the last good step left them. A step leaves
 * no tensor behind but the optimiser's own slots, which the first step creates.
 */
export function createTrainStep(
  model: LayersModel,
  loss: Loss,
  optimizer: tf.Optimizer,
): (batch: Batch) => Promise<StepResult> {
  const weights = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  return async (batch) => {
    const { size, height, width, channels } = batch;
    const images = tf.tensor4d(batch.images, [size, height, width, channels]);
    const labels = tf.tensor4d(batch.labels, [size, height, width, 1]);
    let predictions: tf.Tensor4D | undefined;
    const { value, grads } = tf.variableGrads(() => {
      const output = model.apply(images, { training: true }) as tf.Tensor4D;
      predictions = tf.keep(output.clone());
      return loss(labels, output);
    }, weights);
    try {
      const [lossValue, probabilities] = await Promise.all([value.data(), predictions!.data()]);
      if (Number.isFinite(lossValue[0])) optimizer.applyGradients(grads);
      return { loss: lossValue[0]!, counts: countPixels(batch.labels, probabilities as Float32Array) };
    } finally {
      tf.dispose([images, labels, value, grads, predictions!]);
    }
  };
}
