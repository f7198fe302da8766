import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startEngine } from '@lunet/engine';
import { expectNoTensorLeak } from '@lunet/testing';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import fc from 'fast-check';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  buildUnet,
  decodeSafetensors,
  encodeSafetensors,
  loadSafetensors,
  loadWeights,
  readWeights,
  saveSafetensors,
  unetOptions,
  writeWeights,
} from '../src/index.ts';
import { anyOptions } from './options.ts';

beforeAll(async () => {
  await startEngine({ prefer: 'wasm' });
});

const models: LayersModel[] = [];
const keep = (model: LayersModel): LayersModel => {
  models.push(model);
  return model;
};
afterEach(() => {
  for (const model of models.splice(0)) model.dispose();
});

const small = { inputChannels: 2, filters: 2, depth: 2 } as const;
const plain = (model: LayersModel) =>
  Object.fromEntries([...readWeights(model)].map(([name, { data }]) => [name, [...data]]));

test('names tell the level and the role', () => {
  expect([...readWeights(keep(buildUnet({ ...small, blockConvolutions: 1 }))).keys()]).toEqual(
    ['norm', 'down.0.conv.0', 'down.0.norm.0', 'down.1.conv.0', 'down.1.norm.0']
      .concat(['up.0.transposed', 'up.0.conv.0', 'up.0.norm.0', 'head'])
      .flatMap((layer) =>
        (layer.includes('norm') ? ['gamma', 'beta', 'movingMean', 'movingVariance'] : ['kernel', 'bias']).map(
          (part) => `${layer}.${part}`,
        ),
      ),
  );
});

test('load inverts save for every kind of network: weights, options and probabilities', () => {
  fc.assert(
    fc.property(anyOptions, fc.nat(), (options, seed) => {
      const model = buildUnet({ ...options, seed: seed % 1000 });
      const loaded = loadSafetensors(saveSafetensors(model));
      expect(plain(loaded)).toEqual(plain(model));
      expect(unetOptions(loaded)).toEqual(unetOptions(model));
      const [a, b] = [model, loaded].map((unet) =>
        tf.tidy(() =>
          (unet.predict(tf.ones([1, 16, 8, options.inputChannels ?? 7])) as tf.Tensor).dataSync(),
        ),
      );
      expect(b).toEqual(a);
      model.dispose();
      loaded.dispose();
    }),
    { numRuns: 15, seed: 1 },
  );
});

test('metadata of your own travels along; the key of the options is taken', () => {
  const model = keep(buildUnet(small));
  const { metadata } = decodeSafetensors(saveSafetensors(model, { steps: '400' }));
  expect(metadata.steps).toBe('400');
  expect(JSON.parse(metadata.unet!)).toEqual(unetOptions(model));
  expect(() => saveSafetensors(model, { unet: '' })).toThrow(RangeError);
});

test('the reference takes 474 KB for its 118,271 trainable weights and 654 batch statistics', () => {
  const bytes = saveSafetensors(keep(buildUnet({ preset: 'dlwpt', seed: 1 })));
  const { tensors } = decodeSafetensors(bytes);
  const floats = [...tensors.values()].reduce((sum, { data }) => sum + data.length, 0);
  expect(floats).toBe(118_271 + 654);
  expect(bytes.length).toBeLessThan(4 * floats + 8192);
});

test('weights written from arrays do not follow when the arrays change', () => {
  const model = keep(buildUnet({ ...small, seed: 1 }));
  const weights = new Map(
    [...readWeights(model)].map(([name, { shape, data }]) => [name, { shape, data: data.slice() }]),
  );
  writeWeights(model, weights);
  const before = plain(model);
  for (const { data } of weights.values()) data.fill(7);
  expect(plain(model)).toEqual(before);
});

describe('a file that does not fit', () => {
  const weightsOf = (options: object) => [...readWeights(keep(buildUnet({ ...small, seed: 1, ...options })))];
  const target = () => keep(buildUnet({ ...small, seed: 2 }));
  test.each([
    [
      'more filters',
      () => weightsOf({ filters: 3 }),
      "'down.0.conv.0.kernel' is [3,3,2,3], the model has [3,3,2,2]",
    ],
    ['a missing weight', () => weightsOf({}).slice(0, -1), "'head.bias' is missing, the model has [1]"],
    ['a weight too many', () => weightsOf({ depth: 3 }), "the model has no 'down.2.conv.0.kernel'"],
  ])('%s: is refused and leaves the model as it was', (_, tensors, message) => {
    const model = target();
    const before = plain(model);
    expect(() => loadWeights(model, encodeSafetensors(tensors()))).toThrow(
      new RangeError(`Cannot load weights: ${message}`),
    );
    expect(plain(model)).toEqual(before);
  });

  test('options that are missing, broken or absurd are refused before anything is built', async () => {
    const tensors = weightsOf({});
    const load = (unet?: string) => () =>
      loadSafetensors(encodeSafetensors(tensors, unet === undefined ? {} : { unet }));
    await expectNoTensorLeak(() => {
      expect(load()).toThrow("the file's metadata has no 'unet'");
      for (const unet of ['', '{', 'null', '[1]', '{"depth":1e9}', '{"filters":"16"}', '{"__proto__":{}}']) {
        expect(load(unet)).toThrow(SyntaxError);
      }
      // In range, yet 10¹⁵ weights: the file does not have them.
      expect(load('{"filters":4096,"depth":12,"inputChannels":2}')).toThrow(RangeError);
    });
  });
});

test('saving leaves no tensor behind; loading none but the weights', async () => {
  const model = keep(buildUnet({ ...small, seed: 1 }));
  const bytes = await expectNoTensorLeak(() => saveSafetensors(model));
  await expectNoTensorLeak(() => loadWeights(model, bytes));
  const loaded = await expectNoTensorLeak(() => loadSafetensors(bytes), model.weights.length);
  await expectNoTensorLeak(() => loaded.dispose(), -model.weights.length);
});

const python = process.env.LUNET_PYTHON ?? 'python3';
const hasSafetensors = (() => {
  try {
    execFileSync(python, ['-c', 'import numpy, safetensors'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

test.skipIf(!hasSafetensors)(
  "Python's safetensors reads what is written (skipped where python3 has no numpy and safetensors)",
  async () => {
    const model = keep(buildUnet({ ...small, seed: 1 }));
    const folder = await mkdtemp(join(tmpdir(), 'lunet-unet-'));
    try {
      const path = join(folder, 'model.safetensors');
      await writeFile(path, saveSafetensors(model, { note: 'Größe' }));
      const script = fileURLToPath(new URL('./fixtures/check.py', import.meta.url));
      const read = JSON.parse(execFileSync(python, [script, path], { encoding: 'utf8' }));
      expect(read.metadata).toEqual({ unet: JSON.stringify(unetOptions(model)), note: 'Größe' });
      const weights = readWeights(model);
      expect(Object.keys(read.tensors).sort()).toEqual([...weights.keys()].sort());
      for (const [name, { shape, data }] of weights) {
        const sum = data.reduce((total, value) => total + value, 0);
        expect(read.tensors[name]).toEqual({ dtype: 'float32', shape, sum: expect.closeTo(sum, 5) });
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  },
);
