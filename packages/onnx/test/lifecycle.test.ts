import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startOnnx } from '../src/index.ts';

beforeEach(async () => {
  await startOnnx({ threads: 1 });
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe('tensors', () => {
  it('are counted, kept and disposed of as on other backends', () => {
    const before = tf.memory();
    const kept = tf.tidy(() => {
      const x = tf.tensor2d([1, 2, 3, 4], [2, 2]);
      const flat = tf.reshape(x, [4]);
      return [tf.keep(tf.clone(x)), tf.add(flat, 1)];
    });
    const { numTensors, numDataBuffers, numBytes } = tf.memory();
    expect(numTensors - before.numTensors).toBe(2);
    expect(numDataBuffers - before.numDataBuffers).toBe(2);
    expect(numBytes - before.numBytes).toBe(32);
    kept[0]!.dispose();
    expect(() => kept[0]!.dataSync()).toThrow('disposed');
    expect([...kept[1]!.dataSync()]).toEqual([2, 3, 4, 5]);
    kept[1]!.dispose();
    expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers);
    expect((tf.backend() as tf.KernelBackend).numDataIds()).toBe(tf.memory().numDataBuffers);
  });

  it('may be assigned to variables before they are computed, and the old ones disposed of', () => {
    const v = tf.variable(tf.tensor1d([1, 2]));
    const old = tf.clone(v);
    v.assign(tf.add(v, old));
    v.assign(tf.mul(v, old));
    expect([...v.dataSync()]).toEqual([2, 8]);
    expect([...old.dataSync()]).toEqual([1, 2]);
    tf.dispose([v, old]);
  });

  it('of no elements, of whole numbers, truths and texts are what they are elsewhere', async () => {
    const empty = tf.concat([tf.zeros([0, 3]), tf.ones([2, 3]), tf.zeros([0, 3])]);
    expect(empty.shape).toEqual([2, 3]);
    expect(tf.sum(tf.zeros([0, 3]), 0).dataSync()).toEqual(new Float32Array(3));
    expect(tf.add(tf.tensor1d([2 ** 31 - 1], 'int32'), tf.scalar(1, 'int32')).dataSync()).toEqual(
      Int32Array.of(-(2 ** 31)),
    );
    const truths = tf.logicalNot(tf.tensor1d([true, false], 'bool'));
    expect(await truths.data()).toEqual(Uint8Array.of(0, 1));
    expect(await tf.reshape(tf.tensor1d(['a', 'ö']), [2, 1]).array()).toEqual([['a'], ['ö']]);
  });

  it('move to other backends and back, pending ones, too', async () => {
    const x = tf.tensor1d([1, -2]);
    const pending = tf.mul(x, 3);
    const numbers = tf.complex([1, 2], [3, 4]);
    const [truth, text] = [tf.tensor1d([true, false], 'bool'), tf.tensor1d(['a', 'b'])];
    await tf.setBackend('cpu');
    const there = tf.relu(tf.add(pending, x));
    expect([...there.dataSync()]).toEqual([4, 0]);
    const pairs = tf.complex([5, 6], [7, 8]);
    expect(await tf.logicalNot(truth).data()).toEqual(Uint8Array.of(0, 1));
    expect(await tf.reshape(text, [2, 1]).data()).toEqual(['a', 'b']);
    await tf.setBackend('onnx');
    expect([...tf.add(there, pending).dataSync()]).toEqual([7, -6]);
    expect([...tf.imag(pairs).dataSync(), ...tf.real(numbers).dataSync()]).toEqual([7, 8, 1, 2]);
    expect(await tf.logicalAnd(truth, truth).data()).toEqual(Uint8Array.of(1, 0));
  });
});

describe('the backend', () => {
  it('says how long something takes, what runs, and that its memory is more than tensors', async () => {
    const x = tf.randomUniform([64, 64]) as tf.Tensor2D;
    const { kernelMs, wallMs } = await tf.time(() => tf.matMul(x, x));
    expect(kernelMs).toBeGreaterThan(0);
    expect(wallMs).toBeGreaterThanOrEqual(kernelMs as number);
    const profile = await tf.profile(() => tf.add(tf.square(x), 1));
    expect(profile.kernelNames).toEqual(expect.arrayContaining(['Square', 'Add']));
    expect(tf.memory()).toMatchObject({ unreliable: true });
  });

  it('warns once for a kernel that runs elsewhere, by its name', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const points = tf.tensor2d([0, 0, 1, 1, 0, 0, 1, 1], [2, 4]);
    for (let i = 0; i < 2; i++) {
      expect([...tf.image.nonMaxSuppression(points, [0.5, 0.9], 5).dataSync()]).toEqual([1]);
    }
    expect(warn.mock.calls).toEqual([
      ['@lunet/onnx does not record NonMaxSuppressionV3: it runs on the cpu backend, which may be slow'],
    ]);
  });

  it('starts once: again as it is, not otherwise, and anew when it was removed', async () => {
    const first = await startOnnx();
    expect(first).toMatchObject({
      device: 'CPU, 1 thread',
      version: expect.stringMatching(/^ONNX Runtime /),
      threads: 1,
    });
    await expect(startOnnx({ threads: 2 })).rejects.toThrow(
      "Cannot start 2 threads of 'cpu': 1 of 'cpu' run already; ask for them at the first start",
    );
    await expect(startOnnx({ provider: 'tpu' as 'cpu' })).rejects.toThrow(
      /Cannot start provider 'tpu': this ONNX Runtime has cpu/,
    );
    expect(tf.getBackend()).toBe('onnx');
    const known = tf.tensor1d([1, 2]);
    const lost = tf.add(known, 1);
    tf.removeBackend('onnx');
    expect(await startOnnx({ threads: 2 })).toMatchObject({ threads: 2 });
    expect(() => lost.dataSync()).toThrow('compute it anew');
    expect([...tf.add(known, 1).dataSync()]).toEqual([2, 3]);
    tf.removeBackend('onnx');
  });
});
