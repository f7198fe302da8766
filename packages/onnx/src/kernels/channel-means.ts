import type { OnnxBackend } from '../backend.ts';
import { blockedDomain } from '../graph/recorder.ts';
import type { Value } from '../graph/value.ts';
import { floats } from './views.ts';

/**
 * The mean of each channel of a blocked image, [C]: of each row first, then of the rows, then of the images.
 *
 * The runtime adds one number after the other, in float32; what is left after a mean was taken off is often small, and
 * would be lost in the rounding of sums over whole images.
 */
export function channelMeans({ recorder }: OnnxBackend, images: Value): Value {
  const [n, h, w, c] = images.shape as [number, number, number, number];
  const rows = recorder.op(
    'AveragePool',
    [recorder.asChannels(images)],
    { kernel_shape: [1, w] },
    floats([n, c, h, 1]),
    blockedDomain,
  );
  const means = recorder.op('GlobalAveragePool', [rows], {}, floats([n, c, 1, 1]), blockedDomain);
  const others = recorder.indices([0, 2, 3]);
  return recorder.op('ReduceMean', [means, others], { keepdims: 0 }, floats([c]));
}
