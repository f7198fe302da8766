import { availableParallelism } from 'node:os';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import * as surface from '../src/index.ts';
import { startEngine } from '../src/index.ts';

describe('startEngine', () => {
  it('is all that the package exports', () => {
    expect(Object.keys(surface).sort()).toEqual(['startEngine']);
  });

  it('starts wasm by default and says what runs', async () => {
    expect(await startEngine()).toEqual({
      name: 'wasm',
      device: expect.stringMatching(/^WebAssembly SIMD, \d+ threads?$/),
      version: '4.22.0',
      threads: Math.min(8, availableParallelism()),
      passedOver: [],
    });
    expect(tf.getBackend()).toBe('wasm');
  });

  it('returns the same when called again, and keeps tensors alive', async () => {
    const first = await startEngine();
    const tensor = tf.tensor1d([1, 2, 3]);
    expect(await startEngine({ prefer: 'wasm' })).toEqual(first);
    expect([...tensor.dataSync()]).toEqual([1, 2, 3]);
    tensor.dispose();
  });

  it('starts the plain cpu on request, and wasm again after it', async () => {
    expect((await startEngine({ prefer: 'cpu' })).name).toBe('cpu');
    expect(tf.getBackend()).toBe('cpu');
    await startEngine();
    expect(tf.getBackend()).toBe('wasm');
  });

  it('refuses an unknown engine by name', async () => {
    await expect(startEngine({ prefer: 'tensorflow' as never })).rejects.toThrow(
      new RangeError("Cannot start engine 'tensorflow': expected one of auto, wasm, cpu"),
    );
  });
});
