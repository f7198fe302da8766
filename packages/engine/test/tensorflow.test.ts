import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expectNoTensorLeak } from '@lunet/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { startEngine } from '../src/index.ts';
import { describeEngines } from './engines.ts';

describeEngines(['tensorflow'], 'native TensorFlow', (prefer) => {
  beforeEach(() => startEngine({ prefer }).then(() => {}));

  it('says what runs', async () => {
    const threads = Number(process.env.TF_NUM_INTRAOP_THREADS) || availableParallelism();
    expect(await startEngine({ prefer })).toEqual({
      name: 'tensorflow',
      device: expect.stringMatching(/^(CPU, \d+ threads?|GPU: .+)$/),
      version: expect.stringMatching(/^TensorFlow 2\.\d+\.\d+, tfjs-node 4\.22\.0$/),
      threads,
      gpu: expect.any(Boolean),
      passedOver: [],
    });
    expect(tf.getBackend()).toBe('tensorflow');
  });

  it('says so where it runs in place of a build for GPUs that is broken', async () => {
    const project = await mkdtemp(join(tmpdir(), 'lunet-broken-gpu-'));
    try {
      const stock = join(project, 'node_modules/@tensorflow/tfjs-node-gpu');
      await mkdir(stock, { recursive: true });
      await writeFile(join(stock, 'package.json'), '{ "version": "4.22.0" }');
      const program = fileURLToPath(new URL('./print-engine.ts', import.meta.url));
      const flags = ['--import', import.meta.resolve('tsx'), '--conditions', '@lunet/source'];
      const { stdout } = await promisify(execFile)(process.execPath, [...flags, program, prefer], {
        cwd: project,
      });
      expect(JSON.parse(stdout)).toMatchObject({
        name: 'tensorflow',
        passedOver: [
          {
            name: 'tensorflow',
            reason: expect.stringMatching(/^@tensorflow\/tfjs-node-gpu is installed without its binding/),
          },
        ],
      });
    } finally {
      await rm(project, { recursive: true });
    }
  });

  it('keeps the threads of the first start', async () => {
    const { threads } = await startEngine({ prefer });
    await expect(startEngine({ prefer, threads: threads + 1 })).rejects.toThrow(
      `Cannot start engine 'tensorflow': it runs with ${threads} threads already; ask for ${threads + 1} at the first start`,
    );
    expect(tf.getBackend()).toBe('tensorflow');
  });

  it('makes tensors of the caller’s own tfjs-core', () => {
    tf.tidy(() => {
      const sum = tf.add(tf.tensor1d([1, 2]), 1);
      expect(sum).toBeInstanceOf(tf.Tensor);
      expect([...sum.dataSync()]).toEqual([2, 3]);
    });
  });

  it('keeps tensors across another engine', async () => {
    const tensor = tf.tensor1d([1, 2, 3]);
    await startEngine({ prefer: 'wasm' });
    await startEngine({ prefer });
    expect([...tf.mul(tensor, 2).dataSync()]).toEqual([2, 4, 6]);
    tensor.dispose();
  });

  it('passes the gradient of ReLU where its input is positive', () => {
    tf.tidy(() => {
      const x = tf.tensor1d([-2, -0, 0, 1, 3, -1, 5]);
      const dy = tf.tensor1d([1, 2, 3, 4, 5, 6, 7]);
      const gradient = tf.grad((input) => tf.sum(tf.mul(tf.relu(input), dy)))(x);
      expect([...gradient.dataSync()]).toEqual([0, 0, 0, 4, 5, 0, 7]);
    });
  });

  describe.each([
    {
      what: 'reshape',
      same: (x: tf.Tensor) => tf.reshape(x, [2, 2]),
      other: (x: tf.Tensor) => tf.reshape(x, [-1]),
    },
    {
      what: 'cast',
      same: (x: tf.Tensor) => tf.cast(x, 'float32'),
      other: (x: tf.Tensor) => tf.cast(x, 'int32'),
    },
  ])('$what', ({ same, other }) => {
    it.each([
      ['to itself', same, [2, 2], 'float32'],
      ['to another', other, undefined, undefined],
    ] as const)('%s outlives what it was made of, and leaves nothing', async (_, convert, shape, dtype) => {
      await expectNoTensorLeak(() => {
        const x = tf.tensor2d([1, 2, 3, 4], [2, 2]);
        const [made, again] = [convert(x), convert(x)];
        x.dispose();
        again.dispose();
        expect([...made.dataSync()]).toEqual([1, 2, 3, 4]);
        if (shape !== undefined) expect(made).toMatchObject({ shape, dtype });
        made.dispose();
      });
    });
  });
});
