import { readFile } from 'node:fs/promises';
import { startEngine } from '@lunet/engine';
import { dlwptLoss } from '@lunet/losses';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildUnet, decodeSafetensors, readWeights, writeWeights } from '../src/index.ts';
import { patternBatch, patternWeight } from './pattern.ts';

/** What PyTorch 2.13 made of the same weights and images; written by fixtures/dlwpt.py. */
const fixture = decodeSafetensors(await readFile(new URL('./fixtures/dlwpt.safetensors', import.meta.url)));
const truth = (name: string): Float32Array => fixture.tensors.get(name)!.data;

/** Largest difference, in units of the largest expected value: PyTorch and tfjs sum in different orders. */
function relativeError(received: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (received.length !== expected.length) return Number.POSITIVE_INFINITY;
  const differences = Array.from(expected, (value, i) => Math.abs(received[i]! - value));
  return Math.max(...differences) / Math.max(...Array.from(expected, Math.abs));
}

/** Of a large tensor the fixture holds every n-th element, n odd. */
function sampled(data: ArrayLike<number>): number[] {
  const step = Math.ceil(data.length / 1024) | 1;
  return Array.from(data).filter((_, i) => i % step === 0);
}

function patternModel(): LayersModel {
  const model = buildUnet({ preset: 'dlwpt' });
  const shapes = [...readWeights(model)];
  writeWeights(model, new Map(shapes.map(([name, { shape }]) => [name, patternWeight(name, shape)])));
  return model;
}

describe("preset 'dlwpt' against PyTorch, to 1e-4 of the largest value", () => {
  const results = new Map<string, ArrayLike<number>>();

  beforeAll(async () => {
    await startEngine({ prefer: 'auto' });
    const model = patternModel();
    const { images, labels } = patternBatch();
    results.set('eval', (model.predict(images) as tf.Tensor).dataSync());

    const variables = new Map<string, tf.Variable>();
    for (const weight of model.trainableWeights) {
      variables.set(weight.originalName.replace('/', '.'), weight.read() as tf.Variable);
    }
    const optimizer = tf.train.adam(1e-3, 0.9, 0.999, 1e-8);
    const { value, grads } = tf.variableGrads(() => {
      const predictions = model.apply(images, { training: true }) as tf.Tensor;
      results.set('train', predictions.dataSync());
      return dlwptLoss(labels, predictions);
    }, [...variables.values()]);
    results.set('loss', value.dataSync());
    for (const [name, variable] of variables) {
      results.set(`gradient.${name}`, sampled(grads[variable.name]!.dataSync()));
    }
    optimizer.applyGradients(Object.entries(grads).map(([name, tensor]) => ({ name, tensor })));
    for (const [name, { data }] of readWeights(model)) results.set(`after.${name}`, sampled(data));
    model.dispose();
  });

  test('the fixture was written by PyTorch 2.13', () => {
    expect(fixture.metadata.torch).toMatch(/^2\.13\./);
    expect(new Set(results.keys())).toEqual(new Set(fixture.tensors.keys()));
  });

  test.each(['eval', 'train', 'loss'])('%s', (name) => {
    expect(relativeError(results.get(name)!, truth(name))).toBeLessThan(1e-4);
  });

  const names = [...fixture.tensors.keys()];
  test.each(names.filter((name) => name.startsWith('gradient.')))('%s', (name) => {
    expect(relativeError(results.get(name)!, truth(name))).toBeLessThan(1e-4);
  });

  test.each(names.filter((name) => /^after\..*(kernel|bias|gamma|beta|movingMean)$/.test(name)))(
    '%s',
    (name) => {
      expect(relativeError(results.get(name)!, truth(name))).toBeLessThan(1e-4);
    },
  );

  /** Pixels that a batch statistic is formed over: 2 images of 32×32, a quarter of that a level down. */
  const pixelsOf = (name: string): number =>
    2 * 32 ** 2 * 0.25 ** Number(/\.(?:down|up)\.(\d)/.exec(name)?.[1] ?? 0);

  // PyTorch keeps the unbiased variance, Keras and tfjs the biased one (docs/decisions/0006): take the factor
  // n / (n − 1) out of PyTorch's share of the new value, then the two must agree as closely as everything else.
  test.each(names.filter((name) => /^after\..*movingVariance$/.test(name)))('%s, biased', (name) => {
    const weight = name.slice('after.'.length);
    const before = patternWeight(weight, fixture.tensors.get(name)!.shape).data;
    const n = pixelsOf(name);
    const biased = truth(name).map(
      (after, i) => 0.9 * before[i]! + (after - 0.9 * before[i]!) * ((n - 1) / n),
    );
    expect(relativeError(results.get(name)!, biased)).toBeLessThan(1e-4);
  });
});
