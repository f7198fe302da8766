import * as tf from '@tensorflow/tfjs-core';

interface Attributes {
  readonly dilations?: number | readonly number[];
}

let registered = false;

/**
 * Registers gradients of convolutions with dilation, which tfjs' own refuse, for backends whose kernels know of it.
 *
 * `tf.fused.conv2d` without an activation has a gradient of its own, which still refuses.
 */
export function registerDilatedGradients(backendName: string): void {
  if (registered) return;
  registered = true;
  extend('Conv2D', 'Conv2DBackpropInput', 'Conv2DBackpropFilter', backendName);
  const native = 'DepthwiseConv2dNative';
  extend(native, `${native}BackpropInput`, `${native}BackpropFilter`, backendName);
  extend('Conv3D', 'Conv3DBackpropInputV2', 'Conv3DBackpropFilterV2', backendName);
}

function extend(kernelName: string, byImage: string, byFilter: string, backendName: string): void {
  const before = tf.getGradient(kernelName);
  tf.unregisterGradient(kernelName);
  tf.registerGradient({
    ...before,
    gradFunc(dy, saved, attrs) {
      const { dilations = 1 } = attrs as Attributes;
      if (tf.getBackend() !== backendName || [dilations].flat().every((dilation) => dilation === 1)) {
        return before.gradFunc(dy, saved, attrs);
      }
      const [x, filter] = saved as [tf.Tensor, tf.Tensor];
      const run = (name: string, inputs: object, shapes: object): tf.Tensor =>
        tf.engine().runKernel(name, inputs as tf.NamedTensorMap, { ...attrs, ...shapes } as tf.NamedAttrMap);
      return {
        x: () => run(byImage, { dy, filter }, { inputShape: x.shape }),
        filter: () => run(byFilter, { x, dy }, { filterShape: filter.shape }),
      };
    },
  });
}
