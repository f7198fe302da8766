import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { OnnxBackend } from '../backend.ts';
import type { Value } from '../graph/value.ts';
import { image, imageOf } from './images.ts';
import { type RecordedKernel, recorded } from './recorded-kernel.ts';

interface Attributes {
  readonly depthRadius: number;
  readonly bias: number;
  readonly alpha: number;
  readonly beta: number;
}

/** Normalisation of each pixel by its neighbouring channels: x · (bias + alpha · Σ x²)^−beta, and its gradient. */
export const localResponse: readonly RecordedKernel[] = [
  recorded<Attributes>('LRN', ({ inputs, attrs, backend }) => {
    const x = inputs.x!;
    const { depthRadius, bias, alpha, beta } = attrs;
    const size = 2 * depthRadius + 1;
    // ONNX divides alpha by the number of channels that a sum is over.
    const attributes = {
      ...{ size, bias: { float: bias }, alpha: { float: alpha * size }, beta: { float: beta } },
    };
    return backend.tensorOf(backend.recorder.op('LRN', [imageOf(backend, x)], attributes, image(x.shape)));
  }),
  recorded<Attributes>('LRNGrad', ({ inputs, attrs, backend }) => {
    const { x, y, dy } = inputs as Readonly<Record<'x' | 'y' | 'dy', TensorInfo>>;
    const { depthRadius, bias, alpha, beta } = attrs;
    const [images, results, gradients] = [imageOf(backend, x), imageOf(backend, y), imageOf(backend, dy)];
    const { recorder } = backend;
    const op = (type: string, ...operands: (Value | number)[]): Value => {
      const values = operands.map((it) => (typeof it === 'number' ? recorder.scalar(it, 'float32') : it));
      return recorder.op(type, values, {}, image(x.shape));
    };
    const sum = (value: Value): Value => sumOfNeighbours(backend, value, depthRadius);
    const norm = op('Add', op('Mul', sum(op('Mul', images, images)), alpha), bias);
    const through = sum(op('Div', op('Mul', gradients, results), norm));
    const direct = op('Mul', gradients, op('Pow', norm, -beta));
    return backend.tensorOf(op('Sub', direct, op('Mul', op('Mul', images, through), 2 * alpha * beta)));
  }),
];

/** Each channel's sum with the `radius` channels before and after it: a convolution of single pixels with ones in a band. */
function sumOfNeighbours({ recorder }: OnnxBackend, value: Value, radius: number): Value {
  const channels = value.shape[3]!;
  const shape = [channels, channels, 1, 1];
  const band = recorder.constant(`band ${channels} ${radius}`, shape, () =>
    Float32Array.from({ length: channels ** 2 }, (_, i) =>
      Math.abs(Math.floor(i / channels) - (i % channels)) <= radius ? 1 : 0,
    ),
  );
  return recorder.op('Conv', [value, band], { kernel_shape: [1, 1] }, image(value.shape));
}
