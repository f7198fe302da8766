import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { batchNorm } from './kernels/batch-norm.ts';
import { runKernel } from './register-gradients.ts';

type Call = (
  this: BatchNormalization,
  inputs: tf.Tensor | tf.Tensor[],
  kwargs: Record<string, unknown>,
) => tf.Tensor;

interface Weight {
  read(): tf.Tensor;
  write(value: tf.Tensor): void;
}

/** The fields of tfjs' layer that its `call` works on. */
interface BatchNormalization {
  readonly axis: number;
  readonly momentum: number;
  readonly epsilon: number;
  readonly gamma?: Weight;
  readonly beta?: Weight;
  readonly movingMean: Weight;
  readonly movingVariance: Weight;
}

let original: Call | undefined;

/**
 * Makes every BatchNormalization layer train through one kernel each way, where the running backend has it.
 *
 * tfjs composes the training pass of ~10 kernels and its gradient of ~30, each over the whole tensor; no registered
 * kernel can be replaced to mend that, for they share nothing but the tensors. Models, weights, moving averages and
 * inference stay as they are. `enabled: false` gives tfjs its own method back.
 */
export function fuseBatchNormalization(enabled: boolean): void {
  const prototype = Object.getPrototypeOf(layers.layers.batchNormalization({})) as { call: Call };
  original ??= prototype.call;
  const unfused = original;
  prototype.call = enabled
    ? function call(inputs, kwargs) {
        return trainFused(this, inputs, kwargs) ?? unfused.call(this, inputs, kwargs);
      }
    : unfused;
}

function trainFused(
  layer: BatchNormalization,
  inputs: tf.Tensor | tf.Tensor[],
  kwargs: Record<string, unknown>,
): tf.Tensor | undefined {
  const x = Array.isArray(inputs) ? inputs[0]! : inputs;
  const { gamma, beta, axis } = layer;
  const lastAxis = axis === -1 || axis === x.rank - 1;
  const fits = kwargs.training === true && x.dtype === 'float32' && lastAxis;
  if (!fits || gamma === undefined || beta === undefined) return undefined;
  if (tf.getKernel(batchNorm, tf.getBackend()) == null) return undefined;
  return tf.tidy(() => {
    const [out, mean, variance] = runKernel<[tf.Tensor, tf.Tensor, tf.Tensor]>(
      batchNorm,
      { x, scale: gamma.read(), offset: beta.read() },
      { epsilon: layer.epsilon },
    );
    moveAverage(layer.movingMean, mean, layer.momentum);
    moveAverage(layer.movingVariance, variance, layer.momentum);
    return out;
  });
}

/** moving += (value − moving) · (1 − momentum), by the operations that tfjs does it with. */
function moveAverage(moving: Weight, value: tf.Tensor, momentum: number): void {
  tf.tidy(() => {
    const before = moving.read();
    moving.write(tf.sub(before, tf.mul(tf.sub(before, value), 1 - momentum)));
  });
}
