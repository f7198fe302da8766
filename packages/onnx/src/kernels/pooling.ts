import { backend_util, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { OnnxBackend } from '../backend.ts';
import { blockedDomain, type OutputSpec } from '../graph/recorder.ts';
import { blockOf, physicalShape, type Value } from '../graph/value.ts';
import { type Conv2DInfo, image, imageOf, windowOf } from './images.ts';
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
    return info && backend.tensorOf(maxPoolGradient(backend, info, dy, input));
  }),
  recorded<PoolAttributes>('AvgPoolGrad', ({ inputs, attrs, backend }) => {
    const { dy, input } = inputs as Readonly<Record<'dy' | 'input', TensorInfo>>;
    const info = poolInfo(input.shape, attrs);
    return info && backend.tensorOf(averagePoolGradient(backend, info, dy));
  }),
];

/** Sizes of a pooling; undefined where windows lie wholly in the padding, which ONNX Runtime refuses. */
function poolInfo(
  shape: readonly number[],
  { filterSize, strides, pad, dimRoundingMode }: PoolAttributes,
): Conv2DInfo | undefined {
  const images = shape as [number, number, number, number];
  const info = backend_util.computePool2DInfo(images, filterSize, strides, 1, pad, dimRoundingMode);
  const { kernel_shape, pads } = windowOf(info);
  return pads.every((size, i) => size < kernel_shape[i % 2]!) ? info : undefined;
}

/** Pools an image in the layout it has; a plain one is taken apart by channels. */
function pool(backend: OnnxBackend, operator: string, info: Conv2DInfo, x: TensorInfo): Value {
  const { recorder } = backend;
  const value = backend.value(x);
  if (blockOf(value.layout) === 0) {
    return recorder.op(operator, [imageOf(backend, x)], { ...windowOf(info) }, image(info.outShape));
  }
  const [n, h, w, c] = info.outShape;
  const pooled = recorder.op(
    operator,
    [recorder.asChannels(value)],
    { ...windowOf(info) },
    { type: 'float32', shape: [n, c, h, w] },
    blockedDomain,
  );
  return recorder.fromChannels(pooled, info.outShape, value.layout);
}

/** Each window's gradient goes to the first of its maxima; windows that overlap add up. */
function maxPoolGradient(backend: OnnxBackend, info: Conv2DInfo, dy: TensorInfo, x: TensorInfo): Value {
  const { recorder } = backend;
  const [, indices] = recorder.emit('MaxPool', [imageOf(backend, x)], { ...windowOf(info) }, [
    image(info.outShape),
    { ...image(info.outShape), type: 'int64' },
  ]);
  const flat = (value: Value): Value =>
    recorder.op(
      'Reshape',
      [value, recorder.indices([-1])],
      {},
      { type: value.type, shape: [util.sizeFromShape([...value.shape])] },
    );
  const size = util.sizeFromShape(info.inShape);
  const zeros = recorder.op(
    'Expand',
    [recorder.scalar(0, 'float32'), recorder.indices([size])],
    {},
    { type: 'float32', shape: [size] },
  );
  const sums = recorder.op(
    'ScatterElements',
    [zeros, flat(indices!), flat(imageOf(backend, dy))],
    { axis: 0, reduction: 'add' },
    { type: 'float32', shape: [size] },
  );
  const [n, h, w, c] = info.inShape;
  return recorder.op('Reshape', [sums, recorder.indices([n, c, h, w])], {}, image(info.inShape));
}

/** Each window's gradient, divided by its pixels inside the image, goes to all of them. */
function averagePoolGradient(backend: OnnxBackend, info: Conv2DInfo, dy: TensorInfo): Value {
  const { recorder } = backend;
  const [n, h, w, c] = info.inShape;
  const window = windowOf(info);
  const [height, width] = window.kernel_shape as [number, number];
  const apart =
    height === info.strideHeight &&
    width === info.strideWidth &&
    h === height * info.outHeight &&
    w === width * info.outWidth;
  const blocked = blockOf(backend.value(dy).layout) > 0;
  const gradients = apart && blocked ? backend.value(dy) : imageOf(backend, dy);
  if (apart) {
    const share = recorder.op(
      'Mul',
      [gradients, recorder.scalar(1 / (height * width), 'float32')],
      {},
      { ...image(info.outShape), layout: gradients.layout },
    );
    return spread(backend, share, height, width, info.inShape);
  }
  // How many pixels of its window are in the image: for each row of windows, and for each column of them.
  const counts = [0, 1].map((axis) => {
    const out = axis === 0 ? info.outHeight : info.outWidth;
    const shares = Array.from({ length: out }, (_, i) => {
      const from = i * window.strides[axis]! - window.pads[axis]!;
      return 1 / (Math.min(from + window.kernel_shape[axis]!, axis === 0 ? h : w) - Math.max(from, 0));
    });
    return recorder.floats(shares, axis === 0 ? [1, 1, out, 1] : [1, 1, 1, out]);
  });
  let share = gradients;
  for (const count of counts) share = recorder.op('Mul', [share, count], {}, image(info.outShape));
  const ones = recorder.op(
    'Expand',
    [recorder.scalar(1, 'float32'), recorder.indices([c, 1, height, width])],
    {},
    { type: 'float32', shape: [c, 1, height, width] },
  );
  const reach = (axis: 0 | 1, out: number): number =>
    (out - 1) * window.strides[axis]! +
    window.kernel_shape[axis]! -
    window.pads[axis]! -
    window.pads[axis + 2]!;
  const output_padding = [h - reach(0, info.outHeight), w - reach(1, info.outWidth)];
  return recorder.op(
    'ConvTranspose',
    [share, ones],
    { ...window, group: c, output_padding },
    image([n, h, w, c]),
  );
}

/** Every pixel repeated over a block of `height` × `width`; `value` is an image with its channels apart, or blocked. */
export function spread(
  { recorder }: OnnxBackend,
  value: Value,
  height: number,
  width: number,
  shape: readonly number[],
): Value {
  const block = blockOf(value.layout);
  if (block > 0) {
    const [n, h, w, c] = value.shape as [number, number, number, number];
    const rows = (n * c) / block;
    const apart = [rows, h, 1, w, 1, block];
    const repeated = [rows, h, height, w, width, block];
    const output = (form: readonly number[]): OutputSpec => ({ type: value.type, shape: form });
    const parts = recorder.op('Reshape', [value, recorder.indices(apart)], {}, output(apart));
    const spread = recorder.op('Expand', [parts, recorder.indices(repeated)], {}, output(repeated));
    const image = { type: value.type, shape, layout: value.layout };
    return recorder.op('Reshape', [spread, recorder.indices(physicalShape(image))], {}, image);
  }
  const scales = recorder.floats([1, 1, height, width], [4]);
  return recorder.op(
    'Resize',
    [value, undefined, scales],
    { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' },
    image(shape),
  );
}
