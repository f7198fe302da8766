import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { OnnxBackend } from '../backend.ts';
import { sameShape } from '../graph/recorder.ts';
import type { Value } from '../graph/value.ts';
import { type Each, each } from './each.ts';
import { align, show } from './elementwise.ts';
import { type RecordedKernel, recorded } from './recorded-kernel.ts';
import { formula } from './unary.ts';

interface Alpha {
  readonly alpha: number;
}

/** Activation functions and the parts of their gradients that have kernels of their own. */
export const activations: readonly RecordedKernel[] = [
  formula('Relu', (x, op) => op('Relu', [x]), 'whole too'),
  formula('Relu6', relu6, 'whole too'),
  formula('Elu', (x, op) => op('Elu', [x])),
  formula('Selu', (x, op) => op('Selu', [x], { attributes: selu })),
  formula<Alpha>('LeakyRelu', (x, op, { alpha }) => leakyRelu(x, op, alpha)),
  formula<Alpha>('Step', step),
  recorded('Prelu', ({ inputs, backend }) => {
    const { x, alpha } = inputs as Readonly<Record<'x' | 'alpha', TensorInfo>>;
    const same = sameShape(backend_util.assertAndGetBroadcastShape(x.shape, alpha.shape), x.shape);
    if (!same || x.dtype !== 'float32' || alpha.dtype !== 'float32') return undefined;
    const aligned = align(backend, [x, alpha]);
    return show(backend, aligned, each(backend, aligned, 'float32')('PRelu', aligned.values));
  }),
  recorded('EluGrad', ({ inputs, backend }) => {
    const { dy, y } = inputs as Readonly<Record<'dy' | 'y', TensorInfo>>;
    const aligned = align(backend, [dy, y]);
    const [gradient, result] = aligned.values as [Value, Value];
    const op = each(backend, aligned, 'float32');
    // The derivative is 1 above 0, and eˣ = y + 1 below.
    return show(backend, aligned, op('Mul', [gradient, op('Add', [op('Min', [result, 0]), 1])]));
  }),
  recorded<{ dim: number }>('Softmax', ({ inputs, backend }) => {
    const logits = inputs.logits as TensorInfo;
    if (logits.dtype !== 'float32') return undefined;
    const value = backend.valueIn(logits, 'plain');
    const output = { type: value.type, shape: value.shape };
    return backend.tensorOf(backend.recorder.op('Softmax', [value], { axis: -1 }, output));
  }),
];

/** Whether `activate` knows an activation of a fused kernel by name. */
export function canActivate(activation: string | undefined): boolean {
  return activation === undefined || /^(linear|relu|relu6|elu|sigmoid|leakyrelu)$/.test(activation);
}

/** Applies the activation of a fused kernel to a value of floats; undefined if it is none of those. */
export function activate(
  backend: OnnxBackend,
  x: Value,
  activation: string | undefined,
  alpha = 0.2,
): Value | undefined {
  const op = each(backend, x, 'float32');
  switch (activation) {
    case undefined:
    case 'linear':
      return x;
    case 'relu':
      return op('Relu', [x]);
    case 'relu6':
      return relu6(x, op);
    case 'elu':
      return op('Elu', [x]);
    case 'sigmoid':
      return op('Sigmoid', [x]);
    case 'leakyrelu':
      return leakyRelu(x, op, alpha);
    default:
      return undefined;
  }
}

const selu = {
  // ONNX's alpha and gamma; tfjs tells their product and gamma.
  alpha: { float: backend_util.SELU_SCALEALPHA / backend_util.SELU_SCALE },
  gamma: { float: backend_util.SELU_SCALE },
};

function relu6(x: Value, op: Each): Value {
  return op('Clip', [x, 0, 6]);
}

function leakyRelu(x: Value, op: Each, alpha: number): Value {
  return op('LeakyRelu', [x], { attributes: { alpha: { float: alpha } } });
}

/**
 * 1 above 0, else alpha; NaN stays NaN.
 *
 * A hard sigmoid so steep that it is a step for all normal numbers: one operator, and the fastest that there is.
 */
function step(x: Value, op: Each, { alpha }: Alpha): Value {
  const steep = op('HardSigmoid', [x], { attributes: { alpha: { float: 3.4e38 }, beta: { float: 0 } } });
  return alpha === 0 ? steep : op('Add', [op('Mul', [steep, 1 - alpha]), alpha]);
}
