import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { OnnxBackend } from '../backend.ts';
import { type Attributes, blockOf, type Value } from '../graph/value.ts';
import { gradientsBlocked, normaliseBlocked, trainBlocked } from './blocked-batch-norm.ts';
import { each } from './each.ts';
import { align, show } from './elementwise.ts';
import { image } from './images.ts';
import { type KernelInputs, type RecordedKernel, recorded } from './recorded-kernel.ts';
import { floats, sizeOf } from './views.ts';

interface FusedAttributes {
  readonly varianceEpsilon: number;
}

/**
 * Batch normalisation over the last axis: with given statistics, and as training does it.
 *
 * The two kernels for training are not tfjs' own; a layer that wants them runs them by name (`@lunet/engine` has one).
 */
export const batchNormalisation: readonly RecordedKernel[] = [
  recorded<FusedAttributes>('FusedBatchNorm', ({ inputs, attrs, backend }) => {
    const { mean, variance, offset, scale } = inputs as Readonly<Record<'mean' | 'variance', TensorInfo>> & {
      readonly offset?: TensorInfo;
      readonly scale?: TensorInfo;
    };
    const x = asImage(inputs.x!);
    const channels = x.shape[3]!;
    const fits = [mean, variance, offset, scale].every(
      (tensor) => tensor == null || (tensor.shape.length === 1 && tensor.shape[0] === channels),
    );
    if (!fits) return normaliseEach(backend, inputs, attrs);
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
    const normalised = recorder.op(
      'BatchNormalization',
      [backend.valueIn(x, 'nchw'), ...operands],
      { epsilon: { float: epsilon } },
      image(x.shape),
    );
    return backend.tensorOf(normalised, 'float32', inputs.x!.shape);
  }),
  recorded<{ epsilon: number }>('LunetBatchNorm', ({ inputs, attrs, backend }) => {
    const { scale, offset } = inputs as Readonly<Record<'scale' | 'offset', TensorInfo>>;
    const x = asImage(inputs.x!);
    if (blockOf(backend.value(x).layout) > 0) {
      return trainBlocked(backend, x, scale, offset, attrs.epsilon).map((value) => backend.tensorOf(value));
    }
    const { recorder } = backend;
    const channels = x.shape[3]!;
    const vector = floats([channels]);
    const images = backend.valueIn(x, 'nchw');
    // With momentum 0, the statistics that move are those of the images. ONNX Runtime writes them over the ones it is
    // given, be those a constant that other nodes read, so each node gets numbers of its own, here of two pixels.
    const [out, mean, variance] = recorder.emit(
      'BatchNormalization',
      [
        images,
        backend.valueIn(scale, 'plain'),
        backend.valueIn(offset, 'plain'),
        pixelOf(backend, images, 0),
        pixelOf(backend, images, -1),
      ],
      { training_mode: 1, momentum: { float: 0 }, epsilon: { float: attrs.epsilon } },
      [image(x.shape), vector, vector],
    ) as [Value, Value, Value];
    return [
      backend.tensorOf(out, 'float32', inputs.x!.shape),
      backend.tensorOf(mean),
      backend.tensorOf(variance),
    ];
  }),
  recorded<{ epsilon: number }>('LunetBatchNormGrad', ({ inputs, attrs, backend }) => {
    const { mean, variance, scale } = inputs as Readonly<Record<'mean' | 'variance' | 'scale', TensorInfo>>;
    const [dy, x] = [asImage(inputs.dy!), asImage(inputs.x!)];
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
    return [backend.tensorOf(dx, 'float32', inputs.x!.shape), total(meanProduct), total(meanGradient)];
  }),
];

/** Statistics of any shape that fits the tensor's, as layer normalisation has them. */
function normaliseEach(
  backend: OnnxBackend,
  { x, mean, variance, scale, offset }: KernelInputs,
  { varianceEpsilon }: FusedAttributes,
): TensorInfo {
  const given = [x, mean, variance, scale, offset].filter((tensor) => tensor != null);
  const aligned = align(backend, given);
  const [value, average, spread, ...rest] = aligned.values as [Value, Value, Value, ...Value[]];
  const op = each(backend, aligned, 'float32');
  const deviation = op('Sqrt', [op('Add', [spread, varianceEpsilon])]);
  const normal = op('Div', [op('Sub', [value, average]), deviation]);
  const scaled = scale == null ? normal : op('Mul', [normal, rest[0]!]);
  return show(backend, aligned, offset == null ? scaled : op('Add', [scaled, rest.at(-1)!]));
}

/** The channels of the first (0) or last (-1) pixel of an image with its channels apart, [C]. */
function pixelOf({ recorder }: OnnxBackend, images: Value, at: 0 | -1): Value {
  const channels = images.shape[3]!;
  const end = at === 0 ? 1 : Number.MAX_SAFE_INTEGER;
  const place = [
    [at, at, at],
    [end, end, end],
    [0, 2, 3],
  ].map((numbers) => recorder.indices(numbers));
  const pixel = recorder.op('Slice', [images, ...place], {}, image([1, 1, 1, channels]));
  return recorder.op('Reshape', [pixel, recorder.indices([channels])], {}, floats([channels]));
}

/** A tensor of another rank as one image, nearly square: sums over its pixels are taken row by row. */
function asImage(tensor: TensorInfo): TensorInfo {
  if (tensor.shape.length === 4) return tensor;
  const channels = tensor.shape.at(-1)!;
  const pixels = sizeOf(tensor.shape) / channels;
  const width = divisorNearRoot(pixels);
  return { ...tensor, shape: [1, pixels / width, width, channels] };
}

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

/** The mean of each channel: of rows first, then of those; one sum over all pixels would lose digits. */
function channelMean({ recorder }: OnnxBackend, value: Value): Value {
  const [n, h, , c] = value.shape as [number, number, number, number];
  const mean = (of: Value, axes: readonly number[], shape: readonly number[]): Value =>
    recorder.op('ReduceMean', [of, recorder.indices(axes)], { keepdims: 1 }, image(shape));
  return mean(mean(value, [3], [n, h, 1, c]), [0, 2], [1, 1, 1, c]);
}

/** The largest divisor that is not above the square root. */
function divisorNearRoot(number: number): number {
  let divisor = Math.floor(Math.sqrt(number));
  while (number % divisor !== 0) divisor--;
  return divisor;
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
