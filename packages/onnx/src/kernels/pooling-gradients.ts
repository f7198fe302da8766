import type { OutputSpec, Recorder } from '../graph/recorder.ts';
import type { Value } from '../graph/value.ts';
import { type ConvolutionSizes, inputGradient } from './grouped-convolution.ts';
import { floats, sizeOf, view } from './views.ts';

/**
 * Each window's gradient goes to the first of its maxima; windows that overlap add up.
 *
 * Over any number of axes; images and gradients have their channels first.
 */
export function maxPoolGradient(
  recorder: Recorder,
  { batchSize, inChannels, inSize, window }: ConvolutionSizes,
  images: Value,
  gradients: Value,
  output: OutputSpec,
): Value {
  const [, indices] = recorder.emit('MaxPool', [images], { ...window }, [
    gradients,
    { ...gradients, type: 'int64' },
  ]);
  const flat = (value: Value): Value => view(recorder, value, [sizeOf(value.shape)]);
  const shape = [batchSize, inChannels, ...inSize];
  const all = floats([sizeOf(shape)]);
  const zeros = recorder.filled(recorder.scalar(0, 'float32'), all.shape);
  const sums = recorder.op(
    'ScatterElements',
    [zeros, flat(indices!), flat(gradients)],
    { axis: 0, reduction: 'add' },
    all,
  );
  return recorder.op('Reshape', [sums, recorder.indices(shape)], {}, output);
}

/** Each window's gradient, divided by its pixels inside the image, goes to all of them. */
export function averagePoolGradient(
  recorder: Recorder,
  sizes: ConvolutionSizes,
  gradients: Value,
  output: OutputSpec,
): Value {
  const { inChannels, inSize, outSize, window } = sizes;
  // How many pixels of a window are in the image is a product: one number a row of windows, one a column, and so on.
  const share = outSize.reduce((value, out, axis) => {
    const parts = Array.from({ length: out }, (_, i) => {
      const from = i * window.strides[axis]! - window.pads[axis]!;
      const to = Math.min(from + window.kernel_shape[axis]!, inSize[axis]!);
      return 1 / (to - Math.max(from, 0));
    });
    const shape = [1, 1, ...outSize.map((size, other) => (other === axis ? size : 1))];
    return recorder.op('Mul', [value, recorder.floats(parts, shape)], {}, gradients);
  }, gradients);
  const shape = [inChannels, 1, ...window.kernel_shape];
  const ones = recorder.filled(recorder.scalar(1, 'float32'), shape);
  return inputGradient(recorder, { ...sizes, group: inChannels }, share, ones, output);
}
