import '@lunet/testing';
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { type EngineName, type EngineOptions, startEngine } from '../src/index.ts';
import { describeEngines } from './engines.ts';
import { smallTraining } from './small-unet.ts';
import { valuesFor } from './values.ts';

interface Plain {
  readonly shape: number[];
  readonly values: Float32Array;
}

/** Copies: tensors of an engine that no longer runs would move to the next one. */
const plain = (tensors: readonly tf.Tensor[]): Plain[] =>
  tensors.map((tensor) => ({ shape: tensor.shape, values: (tensor.dataSync() as Float32Array).slice() }));

function inTidy<T>(fn: () => T): T {
  let result: T;
  tf.tidy(() => {
    result = fn();
  });
  return result!;
}

function expectClose(received: readonly Plain[], expected: readonly Plain[], absolute: number): void {
  expect(received.length).toBe(expected.length);
  received.forEach((tensor, i) => {
    expect(tensor).toBeCloseToTensor(expected[i]!, { absolute, relative: 0 });
  });
}

describeEngines(['cpu', 'onnx', 'tensorflow'], 'the gradients of a U-Net', (other) => {
  it('are those on wasm', async () => {
    const gradientsOn = async (prefer: EngineName): Promise<Plain[]> => {
      await startEngine({ prefer });
      return plain(smallTraining({ batch: 2, size: 8 }).gradients());
    };
    const expected = await gradientsOn('wasm');
    const largest = Math.max(...expected.flatMap(({ values }) => [...values].map(Math.abs)));
    expect(largest).toBeGreaterThan(0.01);
    expectClose(await gradientsOn(other), expected, 1e-6);
  });
});

describeEngines(['onnx', 'tensorflow'], 'the weights of a U-Net after 20 steps', (other) => {
  it('are those on wasm to 1e-4', async () => {
    const trainOn = async (prefer: EngineName): Promise<Plain[]> => {
      await startEngine({ prefer });
      // At 1e-2 rounding alone, as one bit in one weight on the same engine, turns a ReLU on or off sooner or later,
      // and from there on the weights part by up to 2e-2.
      const training = smallTraining({ rate: 1e-3 });
      for (let step = 0; step < 20; step++) training.step();
      return plain(training.weights());
    };
    const expected = await trainOn('wasm');
    expectClose(await trainOn(other), expected, 1e-4);
    expectClose(await trainOn('wasm'), expected, 0);
  });
});

describeEngines(['onnx', 'tensorflow'], 'fused batch normalisation', (prefer) => {
  it.each([[[2, 4, 6, 3]], [[3, 5, 5, 8]], [[40, 6]]])(
    'trains over %j as tfjs’ own, to rounding',
    async (shape) => {
      const train = async (options: EngineOptions): Promise<Plain[]> => {
        await startEngine(options);
        return inTidy(() => {
          const x = tf.tensor(valuesFor(tf.util.sizeFromShape(shape), 1), shape);
          const weights = tf.tensor(valuesFor(x.size, 2), shape);
          const layer = layers.layers.batchNormalization({ momentum: 0.7, epsilon: 1e-3 });
          const apply = (input: tf.Tensor): tf.Tensor => layer.apply(input, { training: true }) as tf.Tensor;
          const first = apply(x);
          const [gamma, beta] = layer.trainableWeights.map((weight) => weight.read() as tf.Variable) as [
            tf.Variable,
            tf.Variable,
          ];
          const byInput = tf.grad((input) => tf.sum(tf.mul(apply(input), weights)))(x);
          const { grads } = tf.variableGrads(() => tf.sum(tf.mul(apply(x), weights)), [gamma, beta]);
          return plain([first, byInput, grads[gamma.name]!, grads[beta.name]!, ...layer.getWeights()]);
        });
      };
      const expected = await train({ prefer, fuse: false });
      // tfjs takes the variance from sums in float32.
      expectClose(await train({ prefer }), expected, 2e-5);
    },
  );
});

describe('a U-Net on wasm', () => {
  it('has the same gradients fused and not, to rounding', async () => {
    const gradientsWith = async (fuse: boolean): Promise<Plain[]> => {
      await startEngine({ prefer: 'wasm', fuse });
      return plain(smallTraining({ batch: 2, size: 8 }).gradients());
    };
    expectClose(await gradientsWith(true), await gradientsWith(false), 1e-6);
  });
});
