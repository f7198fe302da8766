import * as tf from '@tensorflow/tfjs-core';
import { batchNorm, batchNormGrad } from '../../kernels/batch-norm.ts';
import type { NativeBackend, OpAttribute } from '../native-backend.ts';
import { channelsLast, float32, type NativeKernel } from './native-kernel.ts';

/**
 * Batch normalisation as training needs it; outputs the normalised x, mean and variance of its channels, and three
 * tensors that TensorFlow wants back for the gradient.
 */
export const batchNormKernel: NativeKernel = {
  kernelName: batchNorm,
  kernelFunc({ inputs, attrs, backend }) {
    const { x, scale, offset } = inputs as Record<'x' | 'scale' | 'offset', tf.Tensor>;
    return tf.tidy(() => {
      const none = tf.tensor1d([]);
      const [out, mean, variance, ...reserves] = backend.executeMultipleOutputs(
        'FusedBatchNormV3',
        attributes(backend, attrs),
        [inRank4(x), scale, offset, none, none],
        6,
      ) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
      // TensorFlow's is that of a sample (/ (n − 1)), tfjs-layers' averages are of the population (/ n).
      const count = x.size / scale.size;
      return [tf.reshape(out, x.shape), mean, tf.mul(variance, (count - 1) / count), ...reserves];
    });
  },
};

/** Gradient of the above. */
export const batchNormGradKernel: NativeKernel = {
  kernelName: batchNormGrad,
  kernelFunc({ inputs, attrs, backend }) {
    const { dy, x, scale, reserve0, reserve1, reserve2 } = inputs as Record<string, tf.Tensor> as Record<
      'dy' | 'x' | 'scale' | 'reserve0' | 'reserve1' | 'reserve2',
      tf.Tensor
    >;
    return tf.tidy(() => {
      const [dx, dScale, dOffset] = backend.executeMultipleOutputs(
        'FusedBatchNormGradV3',
        attributes(backend, attrs),
        [inRank4(dy), inRank4(x), scale, reserve0, reserve1, reserve2],
        5,
      ) as [tf.Tensor, tf.Tensor, tf.Tensor];
      return [tf.reshape(dx, x.shape), dScale, dOffset];
    });
  },
};

/** The operation takes images only; channels stay the last axis. */
function inRank4(x: tf.Tensor): tf.Tensor {
  return x.rank === 4 ? x : tf.reshape(x, [-1, 1, 1, x.shape.at(-1)!]);
}

function attributes({ binding }: NativeBackend, attrs: tf.NamedAttrMap | undefined): OpAttribute[] {
  const { epsilon } = attrs as { epsilon: number };
  return [
    float32(binding),
    float32(binding, 'U'),
    { name: 'epsilon', type: binding.TF_ATTR_FLOAT, value: epsilon },
    { name: 'is_training', type: binding.TF_ATTR_BOOL, value: true },
    channelsLast(binding),
  ];
}
