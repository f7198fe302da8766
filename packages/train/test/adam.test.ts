import { startEngine } from '@lunet/engine';
import { expectNoTensorLeak } from '@lunet/testing';
import { buildUnet, type NamedTensor } from '@lunet/unet';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Adam, createAdam } from '../src/adam.ts';
import { network } from './squares.ts';

beforeAll(() => startEngine({ prefer: 'wasm' }));

describe('createAdam', () => {
  it('restores moments and powers to the bit, so that the next step is the same', async () => {
    const model = buildUnet(network);
    const weights = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
    const step = (optimizer: tf.Optimizer) =>
      tf.tidy(() =>
        optimizer.applyGradients(
          Object.fromEntries(weights.map((weight) => [weight.name, tf.mul(weight, 0.7)])),
        ),
      );
    const values = () => weights.map((weight) => [...weight.dataSync()]);

    const adam = createAdam(model);
    adam.setRate(1e-2);
    for (let i = 0; i < 50; i++) step(adam.optimizer);
    const state = await expectNoTensorLeak(() => adam.read());
    const power = Array.from({ length: 50 }).reduce<number>(
      (p) => Math.fround(p * Math.fround(0.9)),
      Math.fround(0.9),
    );
    expect(state.get('powers')!.data[0]).toBe(power);
    // What a restored TensorFlow.js optimiser takes instead.
    expect(tf.pow(0.9, 51).dataSync()[0]).not.toBe(power);

    const before = values();
    step(adam.optimizer);
    const after = values();
    adam.dispose();
    weights.forEach((weight, i) => {
      tf.tidy(() => weight.assign(tf.tensor(before[i]!, weight.shape)));
    });
    const restored = createAdam(model);
    await restored.write(state, 50);
    expect(await restored.read()).toEqual(state);
    restored.setRate(1e-2);
    step(restored.optimizer);
    expect(values()).toEqual(after);
    restored.dispose();
    model.dispose();
  });

  it('goes on from a checkpoint of either Adam, ours or that of TensorFlow.js, to the bit', async () => {
    const model = buildUnet(network);
    const weights = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
    const start = weights.map((weight) => tf.tensor(weight.dataSync().slice(), weight.shape));
    const step = (optimizer: tf.Optimizer) =>
      tf.tidy(() =>
        optimizer.applyGradients(
          Object.fromEntries(weights.map((weight) => [weight.name, tf.mul(weight, 0.7)])),
        ),
      );
    const trainFor = (adam: Adam, steps: number): Adam => {
      adam.setRate(1e-2);
      for (let i = 0; i < steps; i++) step(adam.optimizer);
      return adam;
    };
    const ends: unknown[] = [];
    for (const fuse of [[true], [false], [true, false], [false, true]]) {
      weights.forEach((weight, i) => {
        weight.assign(start[i]!);
      });
      await startEngine({ prefer: 'wasm', fuse: fuse[0]! });
      let adam = trainFor(createAdam(model), 20);
      if (fuse.length > 1) {
        const state = await adam.read();
        adam.dispose();
        await startEngine({ prefer: 'wasm', fuse: fuse[1]! });
        adam = createAdam(model);
        await adam.write(state, 20);
      }
      trainFor(adam, 5);
      ends.push([await adam.read(), weights.map((weight) => [...weight.dataSync()])]);
      adam.dispose();
    }
    await startEngine({ prefer: 'wasm' });
    for (const end of ends) expect(end).toEqual(ends[0]);
    tf.dispose(start);
    model.dispose();
  });

  it('has powers alone before its first step, and leaves no tensor behind', async () => {
    const model = buildUnet(network);
    await expectNoTensorLeak(async () => {
      const adam = createAdam(model);
      const state = await adam.read();
      expect([...state.keys()]).toEqual(['powers']);
      await adam.write(state, 0);
      adam.dispose();
    });
    model.dispose();
  });

  it('refuses the moments of another network', async () => {
    const model = buildUnet(network);
    const adam = createAdam(model);
    const powers: NamedTensor = { shape: [2], data: Float32Array.of(0.81, 0.998) };
    await expect(adam.write(new Map([['powers', powers]]), 1)).rejects.toThrow(
      new RangeError("Cannot restore the optimiser: 'm/norm.gamma' is missing, the model has [1]"),
    );
    adam.dispose();
    model.dispose();
  });
});
