import type { OnnxBackend } from '../backend.ts';
import { blockedDomain } from '../graph/recorder.ts';
import type { Attributes, Layout, Value } from '../graph/value.ts';
import { floats } from './views.ts';

/**
 * Records an operator that ONNX Runtime has for blocked images, which it is told as [N, C, H, W].
 *
 * @param shape Of the result, as tfjs tells it.
 */
export function blockedOperator(
  { recorder }: OnnxBackend,
  type: string,
  operands: readonly (Value | undefined)[],
  attributes: Attributes,
  { shape, layout }: { readonly shape: readonly number[]; readonly layout: Layout },
): Value {
  const [n, h, w, c] = shape as [number, number, number, number];
  const result = recorder.op(type, operands, attributes, floats([n, c, h, w]), blockedDomain);
  return recorder.fromChannels(result, shape, layout);
}
