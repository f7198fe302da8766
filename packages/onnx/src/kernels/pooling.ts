import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { OnnxBackend } from '../backend.ts';
import { blockOf, physicalShape, type Value } from '../graph/value.ts';
import { blockedOperator } from './blocked-operator.ts';
import type { ConvolutionSizes } from './grouped-convolution.ts';
import { type Conv2DInfo, image, imageOf, sizesOf, type Window, windowOf, withExactPads } from './images.ts';
import { routeToMaxima } from './max-pool-apart.ts';
import { averagePoolGradient, maxPoolGradient } from './pooling-gradients.ts';
import { type RecordedKernel, recorded } from './recorded-kernel.ts';

interface PoolAttributes {
  readonly filterSize: number | [number, number];
  readonly strides: number | [number, number];
  readonly pad: 'valid' | 'same' | number | backend_util.ExplicitPadding;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** Maximum and average pooling over images, and their gradients. */
export const pooling: readonly RecordedKernel[] = [
  recorded<PoolAttributes>('MaxPool', ({ inputs, attrs, backend }) => {
    const x = inputs.x!;
    if (x.dtype !== 'float32') return undefined;
    const info = poolInfo(x.shape, attrs);
    return info && backend.tensorOf(pool(backend, 'MaxPool', info, x));
  }),
  recorded<PoolAttributes>('AvgPool', ({ inputs, attrs, backend }) => {
    const x = inputs.x!;
    if (x.dtype !== 'float32') return undefined;
    const info = poolInfo(x.shape, attrs);
    return info && backend.tensorOf(pool(backend, 'AveragePool', info, x));
  }),
  recorded<PoolAttributes>('MaxPoolGrad', ({ inputs, attrs, backend }) => {
    const { dy, input } = inputs as Readonly<Record<'dy' | 'input', TensorInfo>>;
    const info = poolInfo(input.shape, attrs);
    return info && backend.tensorOf(maxGradient(backend, info, dy, input));
  }),
  recorded<PoolAttributes>('AvgPoolGrad', ({ inputs, attrs, backend }) => {
    const { dy, input } = inputs as Readonly<Record<'dy' | 'input', TensorInfo>>;
    const info = poolInfo(input.shape, attrs);
    return info && backend.tensorOf(averageGradient(backend, info, dy));
  }),
];

/** Sizes of a pooling; undefined where windows lie wholly in the padding, which ONNX Runtime refuses. */
export function poolInfo(
  shape: readonly number[],
  { filterSize, strides, pad, dimRoundingMode }: PoolAttributes,
): Conv2DInfo | undefined {
  const images = shape as [number, number, number, number];
  const info = withExactPads(
    backend_util.computePool2DInfo(images, filterSize, strides, 1, pad, dimRoundingMode),
  );
  return info && isInside(windowOf(info)) ? info : undefined;
}

/** Pools an image in the layout it has; a plain one is taken apart by channels. */
function pool(backend: OnnxBackend, operator: string, info: Conv2DInfo, x: TensorInfo): Value {
  const { recorder } = backend;
  const value = backend.value(x);
  if (blockOf(value.layout) === 0) {
    return recorder.op(operator, [imageOf(backend, x)], { ...windowOf(info) }, image(info.outShape));
  }
  const output = { shape: info.outShape, layout: value.layout };
  return blockedOperator(backend, operator, [recorder.asChannels(value)], { ...windowOf(info) }, output);
}

/** Each window's gradient goes to the first of its maxima. */
function maxGradient(backend: OnnxBackend, info: Conv2DInfo, dy: TensorInfo, x: TensorInfo): Value {
  const { recorder } = backend;
  const sizes = sizesOf(info, 1);
  if (!areApart(sizes)) {
    return maxPoolGradient(recorder, sizes, imageOf(backend, x), imageOf(backend, dy), image(info.inShape));
  }
  const own = backend.value(x);
  const { layout } = own.layout === 'plain' ? backend.value(dy) : own;
  const [images, gradients] = [backend.valueIn(x, layout), backend.valueIn(dy, layout)];
  const inner = layout === 'plain' ? info.inChannels : blockOf(layout) || 1;
  const pixels = { outer: (info.batchSize * info.inChannels) / inner, size: sizes.inSize, inner };
  const memory = routeToMaxima(recorder, images, gradients, pixels, sizes.window.kernel_shape);
  const output = { type: 'float32', shape: info.inShape, layout } as const;
  return recorder.op('Reshape', [memory, recorder.indices(physicalShape(output))], {}, output);
}

/** Each window's gradient, divided by its pixels inside the image, goes to all of them. */
function averageGradient(backend: OnnxBackend, info: Conv2DInfo, dy: TensorInfo): Value {
  const { recorder } = backend;
  const sizes = sizesOf(info, 1);
  if (!areApart(sizes)) {
    return averagePoolGradient(recorder, sizes, imageOf(backend, dy), image(info.inShape));
  }
  const { layout } = backend.value(dy);
  const gradients = backend.valueIn(dy, blockOf(layout) > 0 ? layout : 'nchw');
  const [height, width] = sizes.window.kernel_shape as [number, number];
  const factor = recorder.scalar(1 / (height * width), 'float32');
  const share = recorder.op('Mul', [gradients, factor], {}, gradients);
  return spread(backend, share, height, width, info.inShape);
}

/** Whether windows lie side by side and fill the image. */
export function areApart({ inSize, outSize, window }: ConvolutionSizes): boolean {
  return inSize.every(
    (size, axis) =>
      window.strides[axis] === window.kernel_shape[axis] &&
      size === outSize[axis]! * window.kernel_shape[axis]! &&
      window.pads[axis] === 0,
  );
}

/** Whether no window can lie wholly in the padding, which ONNX Runtime refuses. */
export function isInside({ kernel_shape, pads }: Window): boolean {
  return pads.every((size, side) => size < kernel_shape[side % kernel_shape.length]!);
}

/** Every pixel repeated over a block of `height` × `width`; `value` is an image with its channels apart, or blocked. */
export function spread(
  backend: OnnxBackend,
  value: Value,
  height: number,
  width: number,
  shape: readonly number[],
): Value {
  const { recorder } = backend;
  const { layout } = value;
  const factors = [1, 1, height, width];
  const nearest = { mode: 'nearest', coordinate_transformation_mode: 'asymmetric' };
  if (blockOf(layout) > 0) {
    const operands = [recorder.asChannels(value)];
    return blockedOperator(backend, 'Upsample', operands, { ...nearest, scales: factors }, { shape, layout });
  }
  const operands = [value, undefined, recorder.floats(factors, [4])];
  return recorder.op('Resize', operands, { ...nearest, nearest_mode: 'floor' }, image(shape));
}
