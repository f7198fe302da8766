import type { OutputSpec, Recorder } from '../graph/recorder.ts';
import type { Value } from '../graph/value.ts';
import type { Window } from './images.ts';
import { floats } from './views.ts';

/**
 * A convolution's sizes, over any number of spatial axes; channels come first, as ONNX has them.
 *
 * `group` is 1, or the number of input channels where each is convolved with filters of its own.
 */
export interface ConvolutionSizes {
  readonly batchSize: number;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly group: number;
  readonly inSize: readonly number[];
  readonly outSize: readonly number[];
  readonly window: Window;
}

/**
 * The transposed convolution: every output pixel's gradient spread over its window.
 *
 * @param weights [out, in / group, …], as the convolution itself has them.
 */
export function inputGradient(
  recorder: Recorder,
  { inSize, outSize, window, group }: ConvolutionSizes,
  gradients: Value,
  weights: Value,
  output: OutputSpec,
): Value {
  const rank = inSize.length;
  const output_padding = inSize.map((size, axis) => {
    const pads = window.pads[axis]! + window.pads[axis + rank]!;
    return size - ((outSize[axis]! - 1) * window.strides[axis]! + extentOf(window, axis) - pads);
  });
  return recorder.op('ConvTranspose', [gradients, weights], { ...window, group, output_padding }, output);
}

/**
 * A convolution in which images and channels change roles: the gradients are the filter.
 *
 * @returns [in, out / group, …window].
 */
export function filterGradient(
  recorder: Recorder,
  { batchSize: n, inChannels, outChannels, group, inSize, outSize, window }: ConvolutionSizes,
  images: Value,
  gradients: Value,
): Value {
  const rank = inSize.length;
  const swap = (value: Value, shape: readonly number[]): Value => {
    const perm = [1, 0, ...inSize.map((_, axis) => axis + 2)];
    return recorder.op('Transpose', [value], { perm }, floats(shape));
  };
  const channels = recorder.reshape(swap(images, [inChannels, n, ...inSize]), [
    inChannels / group,
    group * n,
    ...inSize,
  ]);
  const reached = inSize.map((size, axis) => {
    const padded = size + window.pads[axis]! + window.pads[axis + rank]!;
    const left = padded - ((outSize[axis]! - 1) * window.strides[axis]! + 1);
    return Math.floor(left / window.dilations[axis]!) + 1;
  });
  const found = recorder.op(
    'Conv',
    [channels, swap(gradients, [outChannels, n, ...outSize])],
    {
      kernel_shape: outSize,
      strides: window.dilations,
      dilations: window.strides,
      pads: window.pads,
      group,
    },
    floats([inChannels / group, outChannels, ...reached]),
  );
  const beyond = reached.flatMap((size, axis) => (size > window.kernel_shape[axis]! ? [axis] : []));
  const cut =
    beyond.length === 0
      ? found
      : recorder.op(
          'Slice',
          [
            found,
            recorder.indices(beyond.map(() => 0)),
            recorder.indices(beyond.map((axis) => window.kernel_shape[axis]!)),
            recorder.indices(beyond.map((axis) => axis + 2)),
          ],
          {},
          floats([inChannels / group, outChannels, ...window.kernel_shape]),
        );
  return recorder.reshape(cut, [inChannels, outChannels / group, ...window.kernel_shape]);
}

/** Pixels from a window's first to its last along an axis. */
function extentOf({ kernel_shape, dilations }: Window, axis: number): number {
  return (kernel_shape[axis]! - 1) * dilations[axis]! + 1;
}
