import { expectNoTensorLeak } from '@lunet/testing';
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Adam, adam, startEngine } from '../src/index.ts';
import { valuesFor } from './values.ts';

/** Sizes that are whole vectors, less than one, and with a rest; and a scalar. */
const shapes = [[8], [3], [2, 3, 5], [], [1, 1, 7, 4], [257]];

let variables: tf.Variable[] = [];
afterEach(() => {
  tf.dispose(variables);
  variables = [];
});

function createVariables(): tf.Variable[] {
  const created = shapes.map((shape, i) => {
    const values = valuesFor(tf.util.sizeFromShape(shape), i + 1);
    return tf.tidy(() => tf.variable(tf.tensor(values, shape)));
  });
  variables.push(...created);
  return created;
}

/** Gradients from tiny to large, an exact zero among them, different in each step; null where `skips` says so. */
function gradientsFor(owned: readonly tf.Variable[], step: number, skips?: (index: number) => boolean) {
  return owned.map((variable, i) => {
    if (skips?.(i)) return { name: variable.name, tensor: null as unknown as tf.Tensor };
    const values = valuesFor(variable.size, 100 * step + i).map((value, k) => value * 10 ** ((k % 9) - 6));
    values[0] = 0;
    return { name: variable.name, tensor: tf.tensor(values, variable.shape) };
  });
}

const valuesOf = (tensors: readonly tf.Tensor[]): number[][] =>
  tensors.map((tensor) => [...tensor.dataSync()]);

/** Values and moments after some steps. */
async function run(
  create: () => tf.Optimizer,
  steps: number,
  { skips }: { skips?: (step: number, index: number) => boolean } = {},
) {
  const owned = createVariables();
  const optimizer = create();
  for (let step = 0; step < steps; step++) {
    (optimizer as Adam).learningRate = 0.1 / (step + 1);
    tf.tidy(() => optimizer.applyGradients(gradientsFor(owned, step, (i) => skips?.(step, i) ?? false)));
  }
  const [iterations, ...moments] = await optimizer.getWeights();
  const result = {
    iterations: iterations!.tensor.dataSync()[0],
    values: valuesOf(owned),
    moments: valuesOf(moments.map(({ tensor }) => tensor)),
    shapes: moments.map(({ tensor }) => tensor.shape),
    // Variables are numbered through.
    names: moments
      .map(({ name }) => name.replace(owned[0]!.name.replace(/\d+/, ''), ''))
      .map((name) => name.at(-1)),
  };
  iterations!.tensor.dispose();
  optimizer.dispose();
  return result;
}

describe.each(['wasm', 'cpu'] as const)('adam on %s', (engine) => {
  beforeEach(() => startEngine({ prefer: engine }).then(() => {}));

  it('computes what tf.train.adam does, to the bit', async () => {
    const expected = await run(() => tf.train.adam(), 7);
    expect(await run(() => adam(), 7)).toEqual(expected);
    expect(expected.values.flat().every(Number.isFinite)).toBe(true);
  });
});
