import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { OnnxBackend } from '../backend.ts';
import { blockedDomain } from '../graph/recorder.ts';
import { blockOf, type Value } from '../graph/value.ts';

/** Normalises a blocked image by given statistics; `operands` are scale, offset, mean and variance of its channels. */
export function normaliseBlocked(
  backend: OnnxBackend,
  x: TensorInfo,
  operands: readonly Value[],
  epsilon: number,
): Value {
  const [scale, offset, mean, variance] = operands as [Value, Value, Value, Value];
  const factor = vector(backend, 'Mul', scale, inverseDeviation(backend, variance, epsilon));
  const shift = vector(backend, 'Sub', offset, vector(backend, 'Mul', mean, factor));
  return scaleChannels(backend, backend.value(x), factor, shift);
}

/** Batch normalisation as training does it: the image, and mean and variance of its channels. */
export function trainBlocked(
  backend: OnnxBackend,
  x: TensorInfo,
  scale: TensorInfo,
  offset: TensorInfo,
  epsilon: number,
): [Value, Value, Value] {
  const images = backend.value(x);
  const mean = channelMean(backend, images);
  const centred = centre(backend, images, mean);
  const variance = channelMean(backend, product(backend, centred, centred));
  const inverse = inverseDeviation(backend, variance, epsilon);
  const factor = vector(backend, 'Mul', backend.valueIn(scale, 'plain'), inverse);
  const out = scaleChannels(backend, centred, factor, backend.valueIn(offset, 'plain'));
  return [out, mean, variance];
}

/** Gradients of the above by the image, the scale and the offset. */
export function gradientsBlocked(
  backend: OnnxBackend,
  tensors: Readonly<Record<'dy' | 'x' | 'mean' | 'variance' | 'scale', TensorInfo>>,
  epsilon: number,
): [Value, Value, Value] {
  const { recorder } = backend;
  const { dy, x, mean, variance, scale } = tensors;
  const images = backend.value(x);
  const [n, h, w] = images.shape as [number, number, number, number];
  const gradients = backend.valueIn(dy, images.layout);
  const centred = centre(backend, images, backend.valueIn(mean, 'plain'));
  const inverse = inverseDeviation(backend, backend.valueIn(variance, 'plain'), epsilon);
  const meanGradient = channelMean(backend, gradients);
  const meanProduct = channelMean(backend, product(backend, gradients, centred));
  // dx = γ/σ · (dy − mean(dy) − (x − μ)/σ² · mean(dy · (x − μ))), written as a·dy + b·(x − μ) + c.
  const a = vector(backend, 'Mul', backend.valueIn(scale, 'plain'), inverse);
  const squared = vector(backend, 'Mul', inverse, inverse);
  const negative = vector(backend, 'Mul', a, recorder.scalar(-1, 'float32'));
  const b = vector(backend, 'Mul', negative, vector(backend, 'Mul', squared, meanProduct));
  const c = vector(backend, 'Mul', negative, meanGradient);
  const dx = scaleChannels(backend, gradients, a, undefined, scaleChannels(backend, centred, b, c));
  const pixels = recorder.scalar(n * h * w, 'float32');
  const dScale = vector(backend, 'Mul', vector(backend, 'Mul', meanProduct, inverse), pixels);
  return [dx, dScale, vector(backend, 'Mul', meanGradient, pixels)];
}

/** x · factor + shift (+ sum), with a factor and a shift for each channel: a convolution of single pixels and channels. */
function scaleChannels(
  { recorder }: OnnxBackend,
  images: Value,
  factor: Value,
  shift?: Value,
  sum?: Value,
): Value {
  const { shape, layout } = images;
  const [n, h, w, c] = shape as [number, number, number, number];
  const weights = recorder.reshape(factor, [c, 1, 1, 1]);
  const operands = [recorder.asChannels(images), weights, shift, sum && recorder.asChannels(sum)];
  const scaled = recorder.op(
    'Conv',
    sum ? operands : operands.slice(0, 3),
    { auto_pad: 'NOTSET', group: c, kernel_shape: [1, 1] },
    { type: 'float32', shape: [n, c, h, w] },
    blockedDomain,
  );
  return recorder.fromChannels(scaled, shape, layout);
}

function centre(backend: OnnxBackend, images: Value, mean: Value): Value {
  const { recorder } = backend;
  const ones = recorder.floats(Array<number>(images.shape[3]!).fill(1), [images.shape[3]!]);
  return scaleChannels(backend, images, ones, vector(backend, 'Mul', mean, recorder.scalar(-1, 'float32')));
}

function product({ recorder }: OnnxBackend, a: Value, b: Value): Value {
  return recorder.op('Mul', [a, b], {}, { type: 'float32', shape: a.shape, layout: a.layout });
}

/**
 * The mean of each channel, [C]: of each row first, then of the rows, then of the images.
 *
 * The runtime adds one number after the other, in float32; what is left after a mean was taken off is often small, and
 * would be lost in the rounding of sums over whole images.
 */
function channelMean({ recorder }: OnnxBackend, images: Value): Value {
  const [n, h, w, c] = images.shape as [number, number, number, number];
  const block = blockOf(images.layout);
  const mean = (value: Value, rows: number, length: number): Value => {
    const view = [rows, block, 1, length];
    const row = recorder.op('Reshape', [value, recorder.indices(view)], {}, { type: 'float32', shape: view });
    const output = { type: 'float32' as const, shape: [rows, block, 1, 1] };
    return recorder.op('GlobalAveragePool', [row], {}, output, blockedDomain);
  };
  const blocks = (n * c) / block;
  const each = mean(mean(images, blocks * h, w), blocks, h);
  const means = recorder.op(
    'Reshape',
    [each, recorder.indices([n, c])],
    {},
    { type: 'float32', shape: [n, c] },
  );
  return recorder.op(
    'ReduceMean',
    [means, recorder.indices([0])],
    { keepdims: 0 },
    { type: 'float32', shape: [c] },
  );
}

function inverseDeviation(backend: OnnxBackend, variance: Value, epsilon: number): Value {
  const { recorder } = backend;
  const output = { type: 'float32' as const, shape: variance.shape };
  const sum = recorder.op('Add', [variance, recorder.scalar(epsilon, 'float32')], {}, output);
  return recorder.op('Reciprocal', [recorder.op('Sqrt', [sum], {}, output)], {}, output);
}

/** An operator over one number a channel. */
function vector({ recorder }: OnnxBackend, type: string, a: Value, b: Value): Value {
  return recorder.op(type, [a, b], {}, { type: 'float32', shape: a.shape });
}
