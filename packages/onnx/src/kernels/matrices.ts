import { backend_util, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { OnnxBackend } from '../backend.ts';
import type { ElementType } from '../graph/element-type.ts';
import { sameShape } from '../graph/recorder.ts';
import type { Value } from '../graph/value.ts';
import { activate } from './activations.ts';
import { type RecordedKernel, recorded } from './recorded-kernel.ts';

interface Transposed {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

interface FusedAttributes extends Transposed {
  readonly activation?: string;
  readonly leakyreluAlpha?: number;
}

type Operands = Readonly<Record<'a' | 'b', TensorInfo>>;

/** Products of matrices, and sums of products in Einstein's notation. */
export const matrices: readonly RecordedKernel[] = [
  recorded<Transposed>('BatchMatMul', ({ inputs, attrs, backend }) => {
    const { a, b } = inputs as Operands;
    if (a.dtype === 'bool' || a.dtype !== b.dtype) return undefined;
    return backend.tensorOf(product(backend, a, b, attrs), a.dtype, productShape(a.shape, b.shape, attrs));
  }),
  recorded<FusedAttributes>('_FusedMatMul', ({ inputs, attrs, backend }) => {
    const { a, b } = inputs as Operands;
    const { bias, preluActivationWeights } = inputs;
    if ([a, b, bias].some((tensor) => tensor && tensor.dtype !== 'float32')) return undefined;
    if (attrs.activation === 'prelu' || preluActivationWeights) return undefined;
    const shape = productShape(a.shape, b.shape, attrs);
    if (bias && !sameShape(backend_util.assertAndGetBroadcastShape(bias.shape, shape), shape))
      return undefined;
    const result = product(backend, a, b, attrs, bias);
    const activated = activate(backend, result, attrs.activation, attrs.leakyreluAlpha);
    return activated && backend.tensorOf(activated, 'float32', shape);
  }),
  recorded<{ equation: string }>('Einsum', ({ inputs, attrs, backend }) => {
    const tensors = Object.values(inputs);
    const type = tensors[0]!.dtype as ElementType;
    const equation = attrs.equation.replaceAll(/\s/g, '');
    const { allDims, idDims } = backend_util.decodeEinsumEquation(equation, tensors.length);
    backend_util.checkEinsumDimSizes(allDims.length, idDims, tensors as never);
    const labels = [...equation.split('->')[1]!];
    const repeated = new Set(labels).size < labels.length;
    if (repeated || type === 'bool' || tensors.some(({ dtype }) => dtype !== type)) return undefined;
    const size = (label: string): number => {
      const dim = allDims.indexOf(label);
      const holder = idDims.findIndex((dims) => dims.includes(dim));
      return tensors[holder]!.shape[idDims[holder]!.indexOf(dim)]!;
    };
    const values = tensors.map((tensor) => backend.valueIn(tensor, 'plain'));
    return backend.tensorOf(
      backend.recorder.op('Einsum', values, { equation }, { type, shape: labels.map(size) }),
    );
  }),
];

function productShape(
  a: readonly number[],
  b: readonly number[],
  { transposeA, transposeB }: Transposed,
): number[] {
  const inner = transposeA ? a.at(-2) : a.at(-1);
  const same = transposeB ? b.at(-1) : b.at(-2);
  util.assert(
    inner === same,
    () =>
      `Error in matMul: inner shapes (${inner}) and (${same}) of Tensors with shapes ${a} and ${b} and ` +
      `transposeA=${transposeA} and transposeB=${transposeB} must match.`,
  );
  const batch = backend_util.assertAndGetBroadcastShape(a.slice(0, -2), b.slice(0, -2));
  return [...batch, a.at(transposeA ? -1 : -2)!, b.at(transposeB ? -2 : -1)!];
}

/** The product of a and b, plus the bias; its shape may lack leading axes of size 1. */
function product(
  backend: OnnxBackend,
  a: TensorInfo,
  b: TensorInfo,
  transposed: Transposed,
  bias?: TensorInfo,
): Value {
  const { recorder } = backend;
  const left = matrix(backend, a);
  const right = matrix(backend, b);
  const type = a.dtype as ElementType;
  const output = { type, shape: productShape(left.shape, right.shape, transposed) };
  const { transposeA, transposeB } = transposed;
  if (output.shape.length === 2 && type === 'float32') {
    const inputs = bias ? [left, right, matrix(backend, bias)] : [left, right];
    return recorder.op('Gemm', inputs, { transA: Number(transposeA), transB: Number(transposeB) }, output);
  }
  // ONNX Runtime makes one operator of a transposition and a product.
  const operands = [transposeA ? flipped(backend, left) : left, transposeB ? flipped(backend, right) : right];
  const result = recorder.op('MatMul', operands, {}, output);
  return bias ? recorder.op('Add', [result, matrix(backend, bias)], {}, output) : result;
}

/** A tensor without leading axes of size 1 before its last two. */
function matrix(backend: OnnxBackend, tensor: TensorInfo): Value {
  const lead = Math.max(0, tensor.shape.length - 2);
  const long = tensor.shape.findIndex((size, axis) => size > 1 || axis === lead);
  return backend.valueIn({ ...tensor, shape: tensor.shape.slice(long) }, 'plain');
}

/** A value with its last two axes swapped. */
function flipped({ recorder }: OnnxBackend, value: Value): Value {
  const axes = value.shape.map((_, axis) => axis);
  return recorder.transpose(value, [...axes.slice(0, -2), axes.at(-1)!, axes.at(-2)!]);
}
