import { expectNoTensorLeak } from '@lunet/testing';
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Adam, adam, type EngineOptions, startEngine } from '../src/index.ts';
import { describeEngines } from './engines.ts';
import { valuesFor } from './values.ts';

type Gradient = Awaited<ReturnType<tf.Optimizer['getWeights']>>[number];

/** Sizes that are whole vectors, less than one, and with a rest; and a scalar. */
const shapes = [[8], [3], [2, 3, 5], [], [1, 1, 7, 4], [257]];

let variables: tf.Variable[] = [];
async function begin(options: EngineOptions): Promise<void> {
  await startEngine(options);
  variables = shapes.map((shape, i) => {
    const values = valuesFor(tf.util.sizeFromShape(shape), i + 1);
    return tf.tidy(() => tf.variable(tf.tensor(values, shape)));
  });
}
afterEach(() => {
  tf.dispose(variables);
});

/** Gradients from 1e-6 to 100 with zeros among them, other ones in each step; null for those variables. */
function gradientsFor(step: number, without: readonly number[] = []): Gradient[] {
  return variables.map(({ name, size, shape }, i) => {
    if (without.includes(i)) return { name, tensor: null as never };
    const values = valuesFor(size, 100 * step + i).map((value, k) => value * 10 ** ((k % 9) - 6));
    return { name, tensor: tf.tensor(values.fill(0, 0, step % 2), shape) };
  });
}

function doSteps(
  optimizer: tf.Optimizer,
  from: number,
  to: number,
  without?: (step: number) => number[],
): void {
  for (let step = from; step < to; step++) {
    (optimizer as Adam).learningRate = 0.1 / (step + 1);
    tf.tidy(() => optimizer.applyGradients(gradientsFor(step, without?.(step))));
  }
}

/** Values and moments, by their names. */
async function stateOf(optimizer: tf.Optimizer): Promise<unknown> {
  const weights = await optimizer.getWeights();
  const plain = weights.map(({ name, tensor }) => [name, tensor.shape, tensor.dtype, ...tensor.dataSync()]);
  weights[0]!.tensor.dispose();
  return { values: variables.map((variable) => [...variable.dataSync()]), plain };
}

function resetVariables(): void {
  for (const [i, variable] of variables.entries()) {
    tf.tidy(() => variable.assign(tf.tensor(valuesFor(variable.size, i + 1), variable.shape)));
  }
}

describeEngines(['wasm', 'cpu', 'onnx', 'tensorflow'], 'adam', (engine) => {
  beforeEach(() => begin({ prefer: engine }));

  /** What each of the two makes of the same steps. */
  async function both(train: (create: () => Adam) => Promise<unknown>): Promise<[unknown, unknown]> {
    const expected = await train(() => tf.train.adam() as unknown as Adam);
    resetVariables();
    return [await train(() => adam()), expected];
  }

  it('computes what tf.train.adam does, to the bit', async () => {
    const [received, expected] = await both(async (create) => {
      const optimizer = create();
      doSteps(optimizer, 0, 9);
      const state = await stateOf(optimizer);
      optimizer.dispose();
      return state;
    });
    expect(received).toEqual(expected);
  });

  it('leaves a variable without a gradient as it is, and its moments, as tf.train.adam does', async () => {
    const without = (step: number): number[] => [[1], [], [0, 1, 2, 3, 4, 5], [5], [0, 2], []][step]!;
    const [received, expected] = await both(async (create) => {
      const optimizer = create();
      doSteps(optimizer, 0, 6, without);
      const state = await stateOf(optimizer);
      optimizer.dispose();
      return state;
    });
    expect(received).toEqual(expected);
  });

  it('takes over from tf.train.adam, and hands back, to the bit', async () => {
    const make: (() => tf.Optimizer)[] = [() => adam(), () => tf.train.adam()];
    const ends: unknown[] = [];
    for (const order of [
      [1, 1],
      [1, 0],
      [0, 1],
      [0, 0],
    ]) {
      resetVariables();
      const [first, second] = order.map((which) => make[which]!()) as [tf.Optimizer, tf.Optimizer];
      doSteps(first, 0, 4);
      const weights = await first.getWeights();
      await second.setWeights(weights);
      weights[0]!.tensor.dispose();
      first.dispose();
      doSteps(second, 4, 8);
      expect(second.iterations).toBe(8);
      ends.push(await stateOf(second));
      second.dispose();
    }
    for (const end of ends) expect(end).toEqual(ends[0]);
  });

  it('trains a compiled model as tf.train.adam does', async () => {
    const x = tf.tensor2d(valuesFor(40, 1), [10, 4]);
    const y = tf.tensor2d(valuesFor(10, 2), [10, 1]);
    const [received, expected] = await both(async (create) => {
      const model = layers.sequential();
      const kernelInitializer = layers.initializers.glorotNormal({ seed: 5 });
      model.add(layers.layers.dense({ units: 3, inputShape: [4], activation: 'tanh', kernelInitializer }));
      model.add(layers.layers.dense({ units: 1, kernelInitializer }));
      const optimizer = create();
      model.compile({ optimizer, loss: 'meanSquaredError' });
      const history = await model.fit(x, y, { epochs: 3, batchSize: 5, shuffle: false, verbose: 0 });
      const weights = model.getWeights().map((weight) => [...weight.dataSync()]);
      model.dispose();
      optimizer.dispose();
      return [history.history.loss, weights];
    });
    expect(received).toEqual(expected);
    tf.dispose([x, y]);
  });

  it('keeps two tensors of moments and two powers, and no more however many steps', async () => {
    const all = await expectNoTensorLeak(() => {
      const optimizer = adam();
      doSteps(optimizer, 0, 1);
      return optimizer;
    }, 4);
    const bytes = tf.memory().numBytes;
    await expectNoTensorLeak(async () => {
      doSteps(all, 1, 30, (step) => (step % 3 === 0 ? [step % 6] : []));
      const weights = await all.getWeights();
      await all.setWeights(weights);
      weights[0]!.tensor.dispose();
      await all.getWeights().then(([iterations]) => iterations!.tensor.dispose());
      doSteps(all, 30, 31);
    });
    expect(tf.memory().numBytes).toBe(bytes);
    await expectNoTensorLeak(() => all.dispose(), -4);
  });
});

describe('adam', () => {
  beforeEach(() => begin({ prefer: 'wasm' }));

  it('minimises, at the rate that is set', () => {
    const x = tf.tidy(() => tf.variable(tf.tensor1d([1, 2])));
    const optimizer = adam(0.1);
    const minimize = (): void => void optimizer.minimize(() => tf.sum(tf.square(x)), false, [x]);
    minimize();
    expect(x).toBeCloseToTensor({ shape: [2], values: [0.9, 1.9] });
    optimizer.learningRate = 0;
    minimize();
    expect(x).toBeCloseToTensor({ shape: [2], values: [0.9, 1.9] });
    expect(optimizer.getConfig()).toEqual({ learningRate: 0, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 });
    tf.dispose(x);
    optimizer.dispose();
  });

  it('is one large kernel on wasm, where tf.train.adam has 14 for each variable', async () => {
    const kernelsOf = async (optimizer: tf.Optimizer): Promise<readonly string[]> => {
      doSteps(optimizer, 0, 1);
      const gradients = gradientsFor(1);
      const { kernelNames, kernels } = (await tf.profile(() => {
        optimizer.applyGradients(gradients);
        return tf.scalar(0);
      })) as unknown as { kernelNames: string[]; kernels: { name: string }[] };
      tf.dispose(gradients.map(({ tensor }) => tensor));
      optimizer.dispose();
      expect(new Set(kernels.map(({ name }) => name)).size).toBe(kernelNames.length);
      return kernels.map(({ name }) => name);
    };
    expect(await kernelsOf(adam())).toEqual(['LunetAdam', 'Multiply', 'Multiply']);
    expect(await kernelsOf(tf.train.adam())).toHaveLength(14 * shapes.length + 4);
  });

  it('keeps a copy of a weight that someone holds', () => {
    const [variable] = variables as [tf.Variable];
    const before = variable.clone();
    const values = [...before.dataSync()];
    const optimizer = adam();
    doSteps(optimizer, 0, 2);
    expect([...before.dataSync()]).toEqual(values);
    expect([...variable.dataSync()]).not.toEqual(values);
    optimizer.dispose();
    before.dispose();
  });

  it('knows variables by their names, in whatever order and company they come', async () => {
    const [a, b] = variables.slice(0, 2) as [tf.Variable, tf.Variable];
    const optimizer = adam();
    const alone: tf.Optimizer = tf.train.adam();
    const gradients = gradientsFor(0);
    const [first, second] = gradients.map(({ tensor }) => tensor) as [tf.Tensor, tf.Tensor];
    optimizer.applyGradients({ [b.name]: second });
    optimizer.applyGradients({ [a.name]: first, [b.name]: second });
    optimizer.applyGradients({ [a.name]: first });
    const received = [...b.dataSync()];
    resetVariables();
    alone.applyGradients({ [b.name]: second });
    alone.applyGradients({ [b.name]: second });
    expect(received).toEqual([...b.dataSync()]);
    const weights = await optimizer.getWeights();
    expect(weights.map(({ name }) => name)).toEqual([
      'iter',
      `${b.name}/m`,
      `${a.name}/m`,
      `${b.name}/v`,
      `${a.name}/v`,
    ]);
    optimizer.dispose();
    alone.dispose();
    tf.dispose([weights[0]!.tensor, ...gradients.map(({ tensor }) => tensor)]);
  });

  it('gives restored moments to the variables in their order, whatever their names were', async () => {
    const first = adam();
    doSteps(first, 0, 3);
    const weights = await first.getWeights();
    const renamed = weights.map(({ name, tensor }, i) => ({ name: i === 0 ? name : `old${i}`, tensor }));
    const second = adam();
    await second.setWeights(renamed);
    const third = tf.train.adam();
    await third.setWeights(renamed);
    const values = variables.map((variable) => variable.clone());
    doSteps(second, 3, 5);
    const received = await stateOf(second);
    variables.forEach((variable, i) => {
      variable.assign(values[i]!);
    });
    doSteps(third, 3, 5);
    expect(received).toEqual(await stateOf(third));
    for (const optimizer of [first, second, third]) optimizer.dispose();
    tf.dispose([...values, weights[0]!.tensor]);
  });

  it('refuses what does not fit, by name, and stays whole', async () => {
    const optimizer = adam();
    const [a, b] = variables as [tf.Variable, tf.Variable];
    const three = tf.tensor1d([1, 2, 3]);
    expect(() => optimizer.applyGradients({ nobody: three })).toThrow(
      new RangeError("Cannot update 'nobody': there is no such variable"),
    );
    expect(() => optimizer.applyGradients({ [a.name]: three })).toThrow(
      new TypeError(`Cannot update '${a.name}': it is [8], its gradient [3], its moments [8]`),
    );
    const twice = { name: b.name, tensor: three };
    expect(() => optimizer.applyGradients([twice, twice])).toThrow(
      new RangeError(`Cannot update '${b.name}' twice in a step`),
    );
    expect(optimizer.iterations).toBe(0);
    await optimizer.setWeights([
      { name: 'iter', tensor: tf.scalar(1, 'int32') },
      { name: 'm', tensor: three },
      { name: 'v', tensor: three },
    ]);
    const eight = tf.ones([8]);
    expect(() => optimizer.applyGradients({ [a.name]: eight })).toThrow(
      new TypeError(`Cannot update '${a.name}': it is [8], its gradient [8], its moments [3]`),
    );
    optimizer.dispose();
    tf.dispose([three, eight]);
  });

  it('is tf.train.adam itself where nothing is to be fused', async () => {
    await startEngine({ prefer: 'wasm', fuse: false });
    const optimizer = adam(0.5);
    expect(optimizer).toBeInstanceOf(tf.AdamOptimizer);
    expect(Object.getPrototypeOf(optimizer)).toBe(tf.AdamOptimizer.prototype);
    expect(optimizer.learningRate).toBe(0.5);
    optimizer.dispose();
  });
});
