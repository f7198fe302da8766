import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { OnnxBackend } from '../backend.ts';
import { blockOf, type Value } from '../graph/value.ts';
import { blockedOperator } from './blocked-operator.ts';
import { convert } from './cast.ts';
import { each } from './each.ts';
import { image, imageOf } from './images.ts';
import { spread } from './pooling.ts';
import { type RecordedKernel, recorded } from './recorded-kernel.ts';

interface ResizeAttributes {
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
  readonly size: [number, number];
}

type Method = 'NearestNeighbor' | 'Bilinear';

/** Nearest and bilinear resizing of images, and their gradients. */
export const resizing: readonly RecordedKernel[] = (['NearestNeighbor', 'Bilinear'] as const).flatMap(
  (method) => [
    recorded<ResizeAttributes>(`Resize${method}`, ({ inputs, attrs, backend }) => {
      const images = inputs.images as TensorInfo;
      if (method === 'NearestNeighbor' && images.dtype !== 'float32') return undefined;
      return backend.tensorOf(resize(backend, method, images, attrs));
    }),
    recorded<ResizeAttributes>(`Resize${method}Grad`, ({ inputs, attrs, backend }) => {
      const { images, dy } = inputs as Readonly<Record<'images' | 'dy', TensorInfo>>;
      return backend.tensorOf(gradient(backend, method, images, dy, attrs));
    }),
  ],
);

function resize(backend: OnnxBackend, method: Method, images: TensorInfo, attrs: ResizeAttributes): Value {
  const [n, h, w, c] = images.shape as [number, number, number, number];
  const [height, width] = attrs.size;
  const shape = [n, height, width, c];
  const repeats = method === 'NearestNeighbor' && !attrs.alignCorners && !attrs.halfPixelCenters;
  if (repeats && height % h === 0 && width % w === 0) {
    return spread(backend, channelsApartOrBlocked(backend, images), height / h, width / w, shape);
  }
  const given = imageOf(backend, images);
  const value = convert(given, 'float32', each(backend, given, given.type));
  const rows = matrixOf(backend, method, h, height, attrs);
  const columns = matrixOf(backend, method, w, width, attrs);
  return multiply(backend, rows, value, columns, shape, false);
}

function gradient(
  backend: OnnxBackend,
  method: Method,
  images: TensorInfo,
  dy: TensorInfo,
  attrs: ResizeAttributes,
): Value {
  const [, h, w] = images.shape as [number, number, number, number];
  const [, height, width] = dy.shape as [number, number, number, number];
  const repeats = method === 'NearestNeighbor' && !attrs.alignCorners;
  if (repeats && height % h === 0 && width % w === 0) {
    return gather(backend, channelsApartOrBlocked(backend, dy), height / h, width / w, images.shape);
  }
  const rows = matrixOf(backend, method, h, height, attrs);
  const columns = matrixOf(backend, method, w, width, attrs);
  return multiply(backend, rows, imageOf(backend, dy), columns, images.shape, true);
}

function channelsApartOrBlocked(backend: OnnxBackend, tensor: TensorInfo): Value {
  const { layout } = backend.value(tensor);
  return backend.valueIn(tensor, blockOf(layout) > 0 ? layout : 'nchw');
}

/** Where an output pixel's centre lies among the input's, as tfjs' cpu kernels count. */
function sourceOf(at: number, from: number, to: number, { alignCorners, halfPixelCenters }: Flags): number {
  const aligned = alignCorners && to > 1;
  const scale = aligned ? (from - 1) / (to - 1) : from / to;
  return halfPixelCenters ? scale * (at + 0.5) - 0.5 : scale * at;
}

type Flags = Pick<ResizeAttributes, 'alignCorners' | 'halfPixelCenters'>;

/** The input pixels of an output pixel, and their weights. */
function bilinear(at: number, from: number, to: number, flags: Flags): [number, number][] {
  const source = sourceOf(at, from, to, flags);
  const low = Math.max(0, Math.floor(source));
  const high = Math.min(from - 1, Math.ceil(source));
  const part = source - low;
  return low === high
    ? [[low, 1]]
    : [
        [low, 1 - part],
        [high, part],
      ];
}

function nearest(
  at: number,
  from: number,
  to: number,
  { alignCorners, halfPixelCenters }: Flags,
): [number, number][] {
  const aligned = alignCorners && to > 1;
  const scale = aligned ? (from - 1) / (to - 1) : from / to;
  const source = halfPixelCenters ? scale * (at + 0.5) : scale * at;
  const pixel = Math.min(from - 1, alignCorners ? Math.round(source) : Math.floor(source));
  return [[halfPixelCenters ? Math.max(0, pixel) : pixel, 1]];
}

/** The matrix [to, from] that resizes one axis. */
function matrixOf(backend: OnnxBackend, method: Method, from: number, to: number, flags: Flags): Value {
  const weigh = method === 'Bilinear' ? bilinear : nearest;
  const key = `${method} ${from} ${to} ${flags.alignCorners} ${flags.halfPixelCenters}`;
  return backend.recorder.constant(key, [to, from], () => {
    const matrix = new Float32Array(to * from);
    for (let i = 0; i < to; i++) {
      for (const [j, weight] of weigh(i, from, to, flags)) matrix[i * from + j]! += weight;
    }
    return matrix;
  });
}

/** rows · images · columnsᵀ, or with both matrices transposed: the gradient of that. */
function multiply(
  { recorder }: OnnxBackend,
  rows: Value,
  images: Value,
  columns: Value,
  shape: readonly number[],
  transposed: boolean,
): Value {
  const [n, , , c] = images.shape as [number, number, number, number];
  const left = transposed ? recorder.transpose(rows, [1, 0]) : rows;
  const right = transposed ? columns : recorder.transpose(columns, [1, 0]);
  const half = recorder.op('MatMul', [left, images], {}, image([n, shape[1]!, images.shape[2]!, c]));
  return recorder.op('MatMul', [half, right], {}, image(shape));
}

/** The sum of each block of `height` × `width` pixels. */
function gather(
  backend: OnnxBackend,
  value: Value,
  height: number,
  width: number,
  shape: readonly number[],
): Value {
  const { recorder } = backend;
  const { layout } = value;
  const window = { kernel_shape: [height, width], strides: [height, width] };
  const mean =
    blockOf(layout) > 0
      ? blockedOperator(backend, 'AveragePool', [recorder.asChannels(value)], window, { shape, layout })
      : recorder.op('AveragePool', [value], window, image(shape));
  return recorder.op('Mul', [mean, recorder.scalar(height * width, 'float32')], {}, mean);
}
