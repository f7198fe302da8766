import { countPixels, type PixelCounts } from '@lunet/losses';
import type { Batch } from '@lunet/patches';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/** Loss of predictions against labels, both `[batch, height, width, 1]`; a finite scalar for probabilities in 0 … 1. */
export type Loss = (labels: tf.Tensor4D, predictions: tf.Tensor4D) => tf.Scalar;

/** What one step computed, before its update. */
export interface StepResult {
  readonly loss: number;
  /** Euclidean norm of the gradient over all weights. */
  readonly gradientNorm: number;
  /** The batch's pixels at a threshold of 0.5. */
  readonly counts: PixelCounts;
}

/**
 * Makes the function that does one training step: forward, loss, gradients, update.
 *
 * The update is left out if the loss or the gradient is not finite. (The loss alone would not tell: a clamping ReLU turns
 * a NaN into 0 again.) A step, even one whose loss throws, leaves no tensor behind but the optimiser's own slots, which
 * the first step creates.
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
    const held: tf.Tensor[] = [images, labels];
    try {
      let predictions: tf.Tensor4D | undefined;
      let failure: { readonly error: unknown } | undefined;
      const { value, grads } = tf.variableGrads(() => {
        try {
          const output = model.apply(images, { training: true }) as tf.Tensor4D;
          predictions = tf.keep(output.clone());
          held.push(predictions);
          return loss(labels, output);
        } catch (error) {
          // TensorFlow.js frees what a forward pass saved only if the pass ends.
          failure = { error };
          return tf.sum<tf.Scalar>(weights[0]!);
        }
      }, weights);
      held.push(value, ...Object.values(grads));
      if (failure) throw failure.error;
      const norm = euclideanNorm(Object.values(grads));
      held.push(norm);
      const [[lossValue], [gradientNorm], probabilities] = await Promise.all([
        value.data(),
        norm.data(),
        predictions!.data(),
      ]);
      if (Number.isFinite(lossValue) && Number.isFinite(gradientNorm)) optimizer.applyGradients(grads);
      const counts = countPixels(batch.labels, probabilities as Float32Array);
      return { loss: lossValue!, gradientNorm: gradientNorm!, counts };
    } finally {
      tf.dispose(held);
    }
  };
}

function euclideanNorm(tensors: readonly tf.Tensor[]): tf.Scalar {
  return tf.tidy(() => tf.sqrt(tf.addN(tensors.map((tensor) => tf.sum<tf.Scalar>(tf.square(tensor))))));
}
