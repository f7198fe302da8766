import { backend_util, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { OnnxBackend } from '../backend.ts';
import type { Value } from '../graph/value.ts';
import { type RecordedKernel, recorded } from './recorded-kernel.ts';
import { pad } from './shapes.ts';
import { slice } from './slicing.ts';

/** Blocks of pixels moved to channels or to the batch, and back. */
export const blocks: readonly RecordedKernel[] = [
  recorded<{ blockSize: number; dataFormat: string }>('DepthToSpace', ({ inputs, attrs, backend }) => {
    const x = inputs.x as TensorInfo;
    const { blockSize, dataFormat } = attrs;
    if (dataFormat !== 'NHWC') return undefined;
    const [n, h, w, c] = x.shape as [number, number, number, number];
    const depth = c / blockSize ** 2;
    const shape = [n, h * blockSize, w * blockSize, depth];
    const { recorder } = backend;
    const value = backend.value(x);
    if (value.layout === 'plain' || value.type !== 'float32') {
      const parts = [n, h, w, blockSize, blockSize, depth];
      return backend.tensorOf(moved(backend, value, parts, [0, 1, 3, 2, 4, 5], shape));
    }
    const image = recorder.withLayout(value, 'nchw');
    const output = { type: value.type, shape, layout: 'nchw' } as const;
    return backend.tensorOf(recorder.op('DepthToSpace', [image], { blocksize: blockSize }, output));
  }),
  recorded<{ blockShape: number[]; paddings: [number, number][] }>(
    'SpaceToBatchND',
    ({ inputs, attrs, backend }) => {
      const x = inputs.x as TensorInfo;
      const { blockShape } = attrs;
      const paddings = x.shape.map((_, axis): [number, number] => attrs.paddings[axis - 1] ?? [0, 0]);
      const padded = pad(backend, backend.valueIn(x, 'plain'), paddings, 'constant', 0);
      const from = [...padded.shape];
      const blockSize = util.sizeFromShape(blockShape);
      const parts = backend_util.getReshaped(from, blockShape, blockSize, false);
      const perm = backend_util.getPermuted(parts.length, blockShape.length, false);
      const shape = backend_util.getReshapedPermuted(from, blockShape, blockSize, false);
      return backend.tensorOf(moved(backend, padded, parts, perm, shape));
    },
  ),
  recorded<{ blockShape: number[]; crops: number[][] }>('BatchToSpaceND', ({ inputs, attrs, backend }) => {
    const x = inputs.x as TensorInfo;
    const { blockShape, crops } = attrs;
    const blockSize = util.sizeFromShape(blockShape);
    const parts = backend_util.getReshaped(x.shape, blockShape, blockSize);
    const perm = backend_util.getPermuted(parts.length, blockShape.length);
    const shape = backend_util.getReshapedPermuted(x.shape, blockShape, blockSize);
    const cropped = shape.map((_, axis) => crops[axis - 1] ?? [0, 0]) as [number, number][];
    const begin = cropped.map(([before]) => before);
    const size = shape.map((length, axis) => length - cropped[axis]![0] - cropped[axis]![1]);
    if (size.includes(0)) return undefined;
    const whole = moved(backend, backend.value(x), parts, perm, shape);
    return backend.tensorOf(slice(backend, whole, begin, size));
  }),
];

/** A value as `parts`, whose axes change places, as `shape`. */
function moved(
  { recorder }: OnnxBackend,
  value: Value,
  parts: readonly number[],
  perm: readonly number[],
  shape: readonly number[],
): Value {
  return recorder.reshape(recorder.transpose(recorder.reshape(value, parts), perm), shape);
}
