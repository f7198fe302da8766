import * as tf from '@tensorflow/tfjs-core';
import { adamKernel } from '../kernels/adam.ts';
import { runKernel } from '../register-gradients.ts';

/** What Adam's formula takes beside tensors. */
export interface AdamConstants {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Scalars: β₁ and β₂ to the power of the step's number. */
  readonly power1: tf.Tensor;
  readonly power2: tf.Tensor;
}

/** The moments of all variables, one after the other. */
export interface FlatMoments {
  readonly m: tf.Variable;
  readonly v: tf.Variable;
  /** Length of each variable's piece. */
  readonly sizes: readonly number[];
}

/** A variable that gets a new value. */
export interface Update {
  readonly variable: tf.Variable;
  readonly gradient: tf.Tensor;
  /** Which piece of the moments is its own; rises from one update to the next. */
  readonly piece: number;
}

type NewTensors = [m: tf.Tensor, v: tf.Tensor, ...values: tf.Tensor[]];

/** Does one step of Adam for some of the variables, or all; to be called within a tidy. */
export function updateByAdam(
  updates: readonly Update[],
  moments: FlatMoments,
  constants: AdamConstants,
): void {
  const fused = tf.getKernel(adamKernel, tf.getBackend()) != null;
  const [m, v, ...values] = fused
    ? updateFused(updates, moments, constants)
    : updateFlat(updates, moments, constants);
  moments.m.assign(m);
  moments.v.assign(v);
  updates.forEach(({ variable }, i) => {
    variable.assign(values[i]!);
  });
}

function updateFused(
  updates: readonly Update[],
  { m, v, sizes }: FlatMoments,
  { power1, power2, ...numbers }: AdamConstants,
): NewTensors {
  const starts: number[] = [];
  sizes.reduce((start, size) => {
    starts.push(start);
    return start + size;
  }, 0);
  const inputs: Record<string, tf.Tensor> = { m, v, power1, power2 };
  updates.forEach(({ variable, gradient }, i) => {
    inputs[`value${i}`] = variable;
    inputs[`gradient${i}`] = gradient;
  });
  const offsets = updates.map(({ piece }) => starts[piece]!);
  return runKernel<NewTensors>(adamKernel, inputs, { ...numbers, offsets });
}

/** The operations and their order are those of tfjs' Adam, for the same bits. */
function updateFlat(
  updates: readonly Update[],
  { m, v, sizes }: FlatMoments,
  { learningRate, beta1, beta2, epsilon, power1, power2 }: AdamConstants,
): NewTensors {
  const pieces = updates.map(({ piece }) => piece);
  const gradient = join(updates.map((update) => update.gradient));
  const value = join(updates.map((update) => update.variable));
  const newM = tf.add(tf.mul(pick(m, sizes, pieces), beta1), tf.mul(gradient, 1 - beta1));
  const newV = tf.add(tf.mul(pick(v, sizes, pieces), beta2), tf.mul(tf.square(gradient), 1 - beta2));
  const correctedM = tf.div(newM, tf.sub(1, power1));
  const correctedV = tf.div(newV, tf.sub(1, power2));
  const step = tf.mul(tf.div(correctedM, tf.add(tf.sqrt(correctedV), epsilon)), -learningRate);
  const shapes = updates.map(({ variable }) => variable.shape);
  return [
    replace(m, sizes, pieces, newM),
    replace(v, sizes, pieces, newV),
    ...cut(tf.add(step, value), shapes),
  ];
}

/** Tensors one after the other, in one dimension. */
export function join(tensors: readonly tf.Tensor[]): tf.Tensor1D {
  // Most variables are vectors, and native TensorFlow takes a kernel for every reshape.
  const vectors = tensors.map((tensor) => (tensor.rank === 1 ? tensor : tf.reshape(tensor, [tensor.size])));
  return tf.concat1d(vectors as tf.Tensor1D[]);
}

/** The inverse of `join`. */
export function cut(flat: tf.Tensor, shapes: readonly (readonly number[])[]): tf.Tensor[] {
  const sizes = shapes.map((shape) => tf.util.sizeFromShape([...shape]));
  return tf.split(flat, sizes).map((part, i) => {
    const shape = [...shapes[i]!];
    return shape.length === 1 ? part : tf.reshape(part, shape);
  });
}

function pick(flat: tf.Tensor, sizes: readonly number[], pieces: readonly number[]): tf.Tensor {
  if (pieces.length === sizes.length) return flat;
  const parts = tf.split(flat, [...sizes]);
  return join(pieces.map((piece) => parts[piece]!));
}

function replace(
  flat: tf.Tensor,
  sizes: readonly number[],
  pieces: readonly number[],
  values: tf.Tensor,
): tf.Tensor {
  if (pieces.length === sizes.length) return values;
  const parts = tf.split(flat, [...sizes]);
  const replaced = tf.split(
    values,
    pieces.map((piece) => sizes[piece]!),
  );
  pieces.forEach((piece, i) => {
    parts[piece] = replaced[i]!;
  });
  return join(parts);
}
