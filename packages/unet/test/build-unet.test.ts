import { startEngine } from '@lunet/engine';
import { expectNoTensorLeak } from '@lunet/testing';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildUnet, readWeights, type UnetOptions, unetOptions } from '../src/index.ts';
import { imageName } from '../src/topology.ts';
import { anyOptions, expectedShapes } from './options.ts';

beforeAll(async () => {
  await startEngine({ prefer: 'wasm' });
});

const countTrainable = (model: LayersModel): number =>
  model.trainableWeights.reduce((sum, { shape }) => sum + shape.reduce((n: number, m) => n * m!, 1), 0);

function withModel<T>(options: UnetOptions, use: (model: LayersModel) => T): T {
  const model = buildUnet(options);
  try {
    return use(model);
  } finally {
    model.dispose();
  }
}

const weightsOf = (options: UnetOptions): Map<string, Float32Array> =>
  withModel(
    options,
    (model) => new Map([...readWeights(model)].map(([name, { data }]) => [name, data.slice()])),
  );

describe("preset 'dlwpt'", () => {
  test('has 118,271 trainable weights and the reference constants', () => {
    withModel({ preset: 'dlwpt' }, (model) => {
      expect(countTrainable(model)).toBe(118_271);
      const norms = model.layers.filter((layer) => layer.getClassName() === 'BatchNormalization');
      expect(norms).toHaveLength(11);
      for (const norm of norms) expect(norm.getConfig()).toMatchObject({ momentum: 0.9, epsilon: 1e-5 });
    });
  });

  test('runs its layers in the reference order', () => {
    withModel({ preset: 'dlwpt' }, (model) => {
      expect(model.layers.map((layer) => `${layer.name} ${layer.outputShape.at(-1)}`)).toEqual([
        `${imageName} 7`,
        'norm 7',
        ...['conv.0', 'norm.0', 'conv.1', 'norm.1'].map((part) => `down.0.${part} 16`),
        'down.1.pool 16',
        ...['conv.0', 'norm.0', 'conv.1', 'norm.1'].map((part) => `down.1.${part} 32`),
        'down.2.pool 32',
        ...['conv.0', 'norm.0', 'conv.1', 'norm.1'].map((part) => `down.2.${part} 64`),
        'up.1.transposed 32',
        'up.1.concat 64',
        ...['conv.0', 'norm.0', 'conv.1', 'norm.1'].map((part) => `up.1.${part} 32`),
        'up.0.transposed 16',
        'up.0.concat 32',
        ...['conv.0', 'norm.0', 'conv.1', 'norm.1'].map((part) => `up.0.${part} 16`),
        'head 1',
      ]);
    });
  });

  test('draws kernels with σ = √(2 / fanOut), beyond two σ too, and biases around −1/√fanOut', () => {
    const weights = weightsOf({ preset: 'dlwpt', seed: 1 });
    // 36,864 draws: mean and σ are known to about 1 %.
    const kernel = weights.get('down.2.conv.1.kernel')!;
    const sigma = Math.sqrt(2 / (64 * 9));
    expect(Math.hypot(...kernel) / Math.sqrt(kernel.length) / sigma).toBeCloseTo(1, 1.5);
    const beyond = kernel.filter((value) => Math.abs(value) > 2 * sigma).length / kernel.length;
    expect(beyond).toBeGreaterThan(0.04);
    expect(beyond).toBeLessThan(0.051);
    // PyTorch counts the fan-out of a transposed convolution on its input side: 64 · 4.
    const transposed = weights.get('up.1.transposed.kernel')!;
    expect(Math.hypot(...transposed) / Math.sqrt(transposed.length)).toBeCloseTo(Math.sqrt(2 / 256), 2.5);
    const biases = ['down.2.conv.0.bias', 'down.2.conv.1.bias'].flatMap((name) => [...weights.get(name)!]);
    const mean = biases.reduce((sum, bias) => sum + bias, 0) / biases.length;
    expect(mean).toBeCloseTo(-1 / 24, 1.5);
    expect(mean).toBeLessThan(-0.03);
  });

  test('takes nothing but a seed', () => {
    expect(() => buildUnet({ preset: 'dlwpt', filters: 8 })).toThrow(
      new RangeError("Cannot build U-Net: preset 'dlwpt' fixes filters at 16, got 8; leave one of them out"),
    );
  });
});

describe('options', () => {
  test('each combination has the weights that the list of layers says, and keeps its options', () => {
    fc.assert(
      fc.property(anyOptions, (options) => {
        withModel(options, (model) => {
          const shapes = [...readWeights(model)].map(([name, { shape }]) => [name, shape]);
          expect(shapes).toEqual([...expectedShapes(options)]);
          expect(unetOptions(model)).toMatchObject(options);
        });
      }),
      { numRuns: 25, seed: 1 },
    );
  });

  test('one model runs on any size that its depth divides', () => {
    withModel({ filters: 2, seed: 1 }, (model) => {
      for (const [height, width] of [
        [4, 4],
        [16, 12],
        [32, 64],
      ] as const) {
        const output = tf.tidy(() => model.predict(tf.zeros([2, height, width, 7])) as tf.Tensor);
        expect(output.shape).toEqual([2, height, width, 1]);
        output.dispose();
      }
    });
  });

  test.each([0.01, 0.1, 0.5])('an untrained model says %d about a pixel of the input mean', (probability) => {
    withModel({ filters: 4, initialForegroundProbability: probability, seed: 1 }, (model) => {
      // The input's running mean is 0, every bias is 0: only the head's bias is left.
      const output = tf.tidy(() => (model.predict(tf.zeros([1, 8, 8, 7])) as tf.Tensor).dataSync());
      for (const value of output) expect(value).toBeCloseTo(probability, 6);
    });
  });

  test.each<[UnetOptions, string]>([
    [{ depth: 0 }, 'Cannot build U-Net: depth is 0; give an integer in 1…12'],
    [{ filters: 1.5 }, 'Cannot build U-Net: filters is 1.5; give an integer in 1…4096'],
    [{ pooling: 'sum' as never }, `Cannot build U-Net: pooling is "sum"; give one of 'average', 'max'`],
    [
      { initialForegroundProbability: 1 },
      'Cannot build U-Net: initialForegroundProbability is 1; give a number in (0, 1)',
    ],
    [{ seed: -1 }, 'Cannot build U-Net: seed is -1; give an integer in 0…4294967295'],
  ])('%j is refused', (options, message) => {
    expect(() => buildUnet(options)).toThrow(new RangeError(message));
  });

  test('an unknown option is refused', () => {
    expect(() => buildUnet({ dpeth: 2 } as UnetOptions)).toThrow(
      new TypeError("Cannot build U-Net: no option is called 'dpeth'"),
    );
  });

  test("another model's options cannot be told", () => {
    withModel({ filters: 1, depth: 1 }, (model) => {
      model.setUserDefinedMetadata({});
      expect(() => unetOptions(model)).toThrow(TypeError);
    });
  });
});

describe('seed', () => {
  const small = { filters: 2, depth: 2 } as const;
  test('the same seed gives the same weights, 0 included', () => {
    for (const seed of [0, 1, 2 ** 32 - 1]) {
      expect(weightsOf({ ...small, seed })).toEqual(weightsOf({ ...small, seed }));
    }
  });
  test('another seed, or none, gives others', () => {
    const kernel = (options: UnetOptions) => weightsOf({ ...small, ...options }).get('down.0.conv.0.kernel');
    expect(kernel({ seed: 1 })).not.toEqual(kernel({ seed: 2 }));
    expect(kernel({})).not.toEqual(kernel({}));
  });
  test('no two layers of a shape begin alike', () => {
    const weights = weightsOf({ preset: 'dlwpt', seed: 1 });
    expect(weights.get('down.0.conv.1.kernel')).not.toEqual(weights.get('up.0.conv.1.kernel'));
  });
});

test('predicting leaves its one result behind, and dispose the weights of no model', async () => {
  await expectNoTensorLeak(async () => {
    const model = buildUnet({ filters: 2, seed: 1 });
    const images = tf.zeros([1, 8, 8, 7]);
    const output = await expectNoTensorLeak(() => model.predict(images) as tf.Tensor, 1);
    tf.dispose([images, output]);
    model.dispose();
  });
});
