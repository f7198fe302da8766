import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { OnnxBackend } from '../backend.ts';
import { blockedDomain } from '../graph/recorder.ts';
import { blockOf, type Layout, type Value } from '../graph/value.ts';
import { floats } from './views.ts';

/** Channels of whole blocks that so many fit into; undefined where too many of them would be empty. */
export function wholeBlocks(channels: number, block: number): number | undefined {
  if (channels % block === 0) return channels;
  // ONNX Runtime moves channels by fours, and half a block of zeros costs less than a convolution on channels apart.
  const worth = channels % 4 === 0 && channels >= block / 2;
  return worth ? Math.ceil(channels / block) * block : undefined;
}

/** The image of a tensor in whole blocks, told as [N, C, H, W]: channels of zeros fill the last. */
export function filledBlocks(backend: OnnxBackend, tensor: TensorInfo, layout: Layout): Value {
  const { recorder } = backend;
  const [n, h, w, c] = tensor.shape as [number, number, number, number];
  const block = blockOf(layout);
  if (c % block === 0) return recorder.asChannels(backend.valueIn(tensor, layout));
  const value = backend.value(tensor);
  const channels_last = value.layout === 'plain' ? 1 : 0;
  return recorder.form(value, `filled ${layout}`, () =>
    recorder.op(
      'ReorderInput',
      [value],
      { channels_last },
      floats([n, Math.ceil(c / block) * block, h, w]),
      blockedDomain,
    ),
  );
}
