import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { mapChannels, periodOf, reduceChannels, sumChannels, writeCoefficients } from '../wasm/channels.ts';
import { type Heap, heapOf } from '../wasm/heap.ts';
import type { KernelOverride } from './kernel-override.ts';

/** Kernel of ours: inputs x, scale and offset; outputs the normalised x, and the mean and variance of its channels. */
export const batchNorm = 'LunetBatchNorm';

/** Its gradient: inputs dy, x, mean, variance and scale; outputs the gradients by x, scale and offset. */
export const batchNormGrad = 'LunetBatchNormGrad';

interface BatchNormAttributes {
  readonly epsilon: number;
}

type Tensors = Record<string, TensorInfo>;

/** Batch normalisation over the last axis as training needs it, statistics in float64, in three passes. */
export const batchNormKernel: KernelOverride = {
  kernelName: batchNorm,
  kernelFunc({ inputs, attrs, backend }) {
    const { x, scale, offset } = inputs as Tensors as {
      x: TensorInfo;
      scale: TensorInfo;
      offset: TensorInfo;
    };
    const { epsilon } = attrs as unknown as BatchNormAttributes;
    const channels = x.shape.at(-1) as number;
    const length = util.sizeFromShape(x.shape);
    const out = backend.makeOutput(x.shape, 'float32');
    const mean = backend.makeOutput([channels], 'float32');
    const variance = backend.makeOutput([channels], 'float32');
    const heap = heapOf(backend);
    const period = periodOf(channels);
    const pixels = length / channels;
    const means = sumChannels(heap, heap.address(x), length, channels).map((sum) => sum / pixels);
    const [squares] = reduceChannels(heap, 'channelSquares', channels, {
      x: heap.address(x),
      length,
      period,
      a: writeCoefficients(heap, 'mean', means, period),
    }) as [Float64Array];
    const variances = squares.map((sum) => sum / pixels);
    heap.floats(heap.address(mean), channels).set(means);
    heap.floats(heap.address(variance), channels).set(variances);
    normalise(heap, x, out, means, variances, floatsOf(heap, scale), floatsOf(heap, offset), epsilon);
    return [out, mean, variance];
  },
};

/** Gradient of the above with mean and variance taken for functions of x (their own gradients are not followed). */
export const batchNormGradKernel: KernelOverride = {
  kernelName: batchNormGrad,
  kernelFunc({ inputs, attrs, backend }) {
    const { dy, x, mean, variance, scale } = inputs as Tensors as Record<
      'dy' | 'x' | 'mean' | 'variance' | 'scale',
      TensorInfo
    >;
    const { epsilon } = attrs as unknown as BatchNormAttributes;
    const channels = x.shape.at(-1) as number;
    const length = util.sizeFromShape(x.shape);
    const dx = backend.makeOutput(x.shape, 'float32');
    const dScale = backend.makeOutput([channels], 'float32');
    const dOffset = backend.makeOutput([channels], 'float32');
    const heap = heapOf(backend);
    const period = periodOf(channels);
    const pixels = length / channels;
    const means = floatsOf(heap, mean);
    const operands = { x: heap.address(x), g: heap.address(dy), length, period };
    const [totals, products] = reduceChannels(heap, 'channelProducts', channels, {
      ...operands,
      a: writeCoefficients(heap, 'mean', means, period),
    }) as [Float64Array, Float64Array];
    const a = new Float64Array(channels);
    const b = new Float64Array(channels);
    const c = new Float64Array(channels);
    const scales = floatsOf(heap, scale);
    const variances = floatsOf(heap, variance);
    for (let i = 0; i < channels; i++) {
      // dx = γ/σ · (dy − Σdy/N − (x − μ)/σ² · Σdy(x − μ)/N), written as a·dy + b·x + c.
      const inverse = 1 / Math.sqrt(variances[i]! + epsilon);
      a[i] = scales[i]! * inverse;
      b[i] = (-a[i]! * inverse * inverse * products[i]!) / pixels;
      c[i] = (-a[i]! * totals[i]!) / pixels - b[i]! * means[i]!;
      products[i]! *= inverse;
    }
    heap.floats(heap.address(dScale), channels).set(products);
    heap.floats(heap.address(dOffset), channels).set(totals);
    mapChannels(heap, 'combineChannels', {
      ...operands,
      out: heap.address(dx),
      a: writeCoefficients(heap, 'scale', a, period),
      b: writeCoefficients(heap, 'shift', b, period),
      c: writeCoefficients(heap, 'offset', c, period),
    });
    return [dx, dScale, dOffset];
  },
};

/** FusedBatchNorm, as inference runs it with moving averages; upstream's is wrong for any axis but the last. */
export const fusedBatchNorm: KernelOverride = {
  kernelName: 'FusedBatchNorm',
  kernelFunc({ inputs, attrs, backend }) {
    const { x, mean, variance, scale, offset } = inputs as Tensors as FusedInputs;
    const { varianceEpsilon } = attrs as unknown as { varianceEpsilon: number };
    const channels = x.shape.at(-1);
    for (const tensor of [mean, variance, scale, offset]) {
      if (
        tensor == null ||
        (tensor.shape.at(-1) === channels && util.sizeFromShape(tensor.shape) === channels)
      ) {
        continue;
      }
      throw new TypeError(
        `Cannot normalise [${x.shape}] by coefficients of shape [${tensor.shape}] on wasm: only the last axis is supported`,
      );
    }
    const out = backend.makeOutput(x.shape, 'float32');
    const heap = heapOf(backend);
    normalise(
      heap,
      x,
      out,
      floatsOf(heap, mean),
      floatsOf(heap, variance),
      scale && floatsOf(heap, scale),
      offset && floatsOf(heap, offset),
      varianceEpsilon,
    );
    return out;
  },
};

interface FusedInputs extends Tensors {
  readonly x: TensorInfo;
  readonly mean: TensorInfo;
  readonly variance: TensorInfo;
}

function normalise(
  heap: Heap,
  x: TensorInfo,
  out: TensorInfo,
  means: ArrayLike<number>,
  variances: ArrayLike<number>,
  scales: ArrayLike<number> | undefined,
  offsets: ArrayLike<number> | undefined,
  epsilon: number,
): void {
  const channels = means.length;
  const period = periodOf(channels);
  const scale = new Float64Array(channels);
  const shift = new Float64Array(channels);
  for (let i = 0; i < channels; i++) {
    scale[i] = (scales?.[i] ?? 1) / Math.sqrt(variances[i]! + epsilon);
    shift[i] = (offsets?.[i] ?? 0) - means[i]! * scale[i]!;
  }
  mapChannels(heap, 'scaleChannels', {
    x: heap.address(x),
    out: heap.address(out),
    length: util.sizeFromShape(x.shape),
    period,
    a: writeCoefficients(heap, 'scale', scale, period),
    b: writeCoefficients(heap, 'shift', shift, period),
  });
}

/** A copy of a small tensor: views do not survive the allocation of scratch memory. */
function floatsOf(heap: Heap, tensor: TensorInfo): Float32Array {
  return heap.floats(heap.address(tensor), util.sizeFromShape(tensor.shape)).slice();
}
