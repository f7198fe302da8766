import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { OnnxBackend } from '../backend.ts';
import type { Value } from '../graph/value.ts';
import { blockedConv } from './blocked-convolution.ts';
import { channelMeans } from './channel-means.ts';
import { floats } from './views.ts';

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
  const mean = backend.recorder.form(images, ownMean, () => channelMeans(backend, images));
  const centred = centre(backend, images, mean);
  const variance = channelMeans(backend, product(backend, centred, centred));
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
  const meanGradient = channelMeans(backend, gradients);
  const meanProduct = channelMeans(backend, product(backend, gradients, centred));
  // dx = γ/σ · (dy − mean(dy) − (x − μ)/σ² · mean(dy · (x − μ))), written as a·dy + b·(x − μ) + c.
  const a = vector(backend, 'Mul', backend.valueIn(scale, 'plain'), inverse);
  const squared = vector(backend, 'Mul', inverse, inverse);
  const negative = negated(backend, a);
  const b = vector(backend, 'Mul', negative, vector(backend, 'Mul', squared, meanProduct));
  const c = vector(backend, 'Mul', negative, meanGradient);
  const dx = scaleChannels(backend, gradients, a, undefined, scaleChannels(backend, centred, b, c));
  const pixels = recorder.scalar(n * h * w, 'float32');
  const dScale = vector(backend, 'Mul', vector(backend, 'Mul', meanProduct, inverse), pixels);
  return [dx, dScale, vector(backend, 'Mul', meanGradient, pixels)];
}

/** x · factor + shift (+ sum), with a factor and a shift for each channel: a convolution of single pixels and channels. */
function scaleChannels(
  backend: OnnxBackend,
  images: Value,
  factor: Value,
  shift?: Value,
  sum?: Value,
): Value {
  const { recorder } = backend;
  const channels = images.shape[3]!;
  const weights = recorder.reshape(factor, [channels, 1, 1, 1]);
  const operands = [recorder.asChannels(images), weights, shift, sum && recorder.asChannels(sum)];
  const attributes = { kernel_shape: [1, 1], group: channels };
  return blockedConv(backend, sum ? operands : operands.slice(0, 3), attributes, images);
}

/** The name of the form of an image that is the mean of its own channels. */
const ownMean = 'mean of channels';

/** An image less a mean of each channel; that less its own, which training has, is recorded once. */
function centre(backend: OnnxBackend, images: Value, mean: Value): Value {
  const { recorder } = backend;
  const channels = images.shape[3]!;
  const ones = recorder.floats(Array<number>(channels).fill(1), [channels, 1, 1, 1]);
  const centred = (): Value => scaleChannels(backend, images, ones, negated(backend, mean));
  return images.forms?.get(ownMean) === mean ? recorder.form(images, 'centred', centred) : centred();
}

/** The product of blocked images, pixel by pixel. */
function product({ recorder }: OnnxBackend, a: Value, b: Value): Value {
  const [n, h, w, c] = a.shape as [number, number, number, number];
  const operands = [recorder.asChannels(a), recorder.asChannels(b)];
  return recorder.fromChannels(recorder.op('Mul', operands, {}, floats([n, c, h, w])), a.shape, a.layout);
}

function inverseDeviation(backend: OnnxBackend, variance: Value, epsilon: number): Value {
  const { recorder } = backend;
  return recorder.form(variance, `inverse deviation with ${epsilon}`, () => {
    const sum = vector(backend, 'Add', variance, recorder.scalar(epsilon, 'float32'));
    return recorder.op('Reciprocal', [recorder.op('Sqrt', [sum], {}, sum)], {}, sum);
  });
}

function negated({ recorder }: OnnxBackend, numbers: Value): Value {
  return recorder.op('Neg', [numbers], {}, floats(numbers.shape));
}

/** An operator over one number a channel. */
function vector({ recorder }: OnnxBackend, type: string, a: Value, b: Value): Value {
  return recorder.op(type, [a, b], {}, floats(a.shape));
}
