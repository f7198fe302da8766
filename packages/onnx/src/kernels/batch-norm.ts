import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { OnnxBackend } from '../backend.ts';
import { type Attributes, blockOf, type Value } from '../graph/value.ts';
import { gradientsBlocked, normaliseBlocked, trainBlocked } from './blocked-batch-norm.ts';
import { image } from './images.ts';
import { type RecordedKernel, recorded } from './recorded-kernel.ts';

interface FusedAttributes {
  readonly varianceEpsilon: number;
}

/**
 * Batch normalisation over the last axis of images: with given statistics, and as training does it.
 *
 * The two kernels for training are not tfjs' own; a layer that wants them runs them by name (`@lunet/engine` has one).
 */
export const batchNormalisation: readonly RecordedKernel[] = [
  recorded<FusedAttributes>('FusedBatchNorm', ({ inputs, attrs, backend }) => {
    const { x, mean, variance, offset, scale } = inputs as Readonly<
      Record<'x' | 'mean' | 'variance', TensorInfo>
    > & { readonly offset?: TensorInfo; readonly scale?: TensorInfo };
    const channels = x.shape.at(-1)!;
    const fits = [mean, variance, offset, scale].every(
      (tensor) => tensor == null || (tensor.shape.length === 1 && tensor.shape[0] === channels),
    );
    if (x.shape.length !== 4 || !fits) return undefined;
    const { recorder } = backend;
    const given = (tensor: TensorInfo | undefined | null, otherwise: number): Value =>
      tensor == null
        ? recorder.floats(Array<number>(channels).fill(otherwise), [channels])
        : backend.valueIn(tensor, 'plain');
    const operands = [given(scale, 1), given(offset, 0), given(mean, 0), given(variance, 1)];
    const epsilon = attrs.varianceEpsilon;
    if (blockOf(backend.value(x).layout) > 0) {
      return backend.tensorOf(normaliseBlocked(backend, x, operands, epsilon));
    }
    return backend.tensorOf(
      recorder.op(
        'BatchNormalization',
        [backend.valueIn(x, 'nchw'), ...operands],
        { epsilon: { float: epsilon } },
        image(x.shape),
      ),
    );
  }),
  recorded<{ epsilon: number }>('LunetBatchNorm', ({ inputs, attrs, backend }) => {
    const { x, scale, offset } = inputs as Readonly<Record<'x' | 'scale' | 'offset', TensorInfo>>;
    if (x.shape.length !== 4) return undefined;
    if (blockOf(backend.value(x).layout) > 0) {
      return trainBlocked(backend, x, scale, offset, attrs.epsilon).map((value) => backend.tensorOf(value));
    }
    const { mean, centred } = centre(backend, x);
    const variance = channelMean(backend, square(backend, centred));
    const factor = op(backend, 'Mul', [
      perChannel(backend, scale),
      inverseDeviation(backend, variance, attrs.epsilon),
    ]);
    const out = op(backend, 'Add', [op(backend, 'Mul', [centred, factor]), perChannel(backend, offset)]);
    return [out, mean, variance].map((value) => backend.tensorOf(value === out ? out : flat(backend, value)));
  }),
  recorded<{ epsilon: number }>('LunetBatchNormGrad', ({ inputs, attrs, backend }) => {
    const { dy, x, mean, variance, scale } = inputs as Readonly<
      Record<'dy' | 'x' | 'mean' | 'variance' | 'scale', TensorInfo>
    >;
    if (x.shape.length !== 4) return undefined;
    if (blockOf(backend.value(x).layout) > 0) {
      const values = gradientsBlocked(backend, { dy, x, mean, variance, scale }, attrs.epsilon);
      return values.map((value) => backend.tensorOf(value));
    }
    const gradients = backend.valueIn(dy, 'nchw');
    const centred = op(backend, 'Sub', [backend.valueIn(x, 'nchw'), perChannel(backend, mean)]);
    const inverse = inverseDeviation(backend, perChannel(backend, variance), attrs.epsilon);
    const normal = op(backend, 'Mul', [centred, inverse]);
    const meanGradient = channelMean(backend, gradients);
    const meanProduct = channelMean(backend, op(backend, 'Mul', [gradients, normal]));
    // dx = γ/σ · (dy − mean(dy) − x̂ · mean(dy · x̂)), see Ioffe and Szegedy, 2015.
    const rest = op(backend, 'Sub', [
      op(backend, 'Sub', [gradients, meanGradient]),
      op(backend, 'Mul', [normal, meanProduct]),
    ]);
    const dx = op(backend, 'Mul', [rest, op(backend, 'Mul', [perChannel(backend, scale), inverse])]);
    const [n, h, w] = x.shape as [number, number, number, number];
    const pixels = backend.recorder.scalar(n * h * w, 'float32');
    const total = (value: Value): TensorInfo =>
      backend.tensorOf(flat(backend, op(backend, 'Mul', [value, pixels])));
    return [backend.tensorOf(dx), total(meanProduct), total(meanGradient)];
  }),
];

/** An operator over images and numbers a channel, [1, 1, 1, C]; the result has the shape of its largest operand. */
function op(
  { recorder }: OnnxBackend,
  type: string,
  operands: readonly Value[],
  attributes: Attributes = {},
): Value {
  const shape = operands.map((value) => value.shape).reduce((a, b) => (sizeOf(a) >= sizeOf(b) ? a : b));
  return recorder.op(type, operands, attributes, image(shape.length === 4 ? shape : [1, 1, 1, 1]));
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

function square(backend: OnnxBackend, value: Value): Value {
  return op(backend, 'Mul', [value, value]);
}

function centre(backend: OnnxBackend, x: TensorInfo): { mean: Value; centred: Value } {
  const images = backend.valueIn(x, 'nchw');
  const mean = channelMean(backend, images);
  return { mean, centred: op(backend, 'Sub', [images, mean]) };
}

function channelMean({ recorder }: OnnxBackend, value: Value): Value {
  const channels = value.shape[3]!;
  return recorder.op(
    'ReduceMean',
    [value, recorder.indices([0, 2, 3])],
    { keepdims: 1 },
    image([1, 1, 1, channels]),
  );
}

function inverseDeviation(backend: OnnxBackend, variance: Value, epsilon: number): Value {
  const sum = op(backend, 'Add', [variance, backend.recorder.scalar(epsilon, 'float32')]);
  return op(backend, 'Reciprocal', [op(backend, 'Sqrt', [sum])]);
}

/** A tensor [C] as the image [1, 1, 1, C]. */
function perChannel(backend: OnnxBackend, tensor: TensorInfo): Value {
  const { recorder } = backend;
  const channels = sizeOf(tensor.shape);
  return recorder.withLayout(recorder.reshape(backend.value(tensor), [1, 1, 1, channels]), 'nchw');
}

/** An image [1, 1, 1, C] as [C]. */
function flat({ recorder }: OnnxBackend, value: Value): Value {
  return recorder.reshape(value, [value.shape[3]!]);
}
