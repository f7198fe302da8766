import { execFile } from 'node:child_process';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import * as surface from '../src/index.ts';
import { type Engine, startEngine } from '../src/index.ts';

const run = promisify(execFile);

/** What `startEngine` does in a process that finds no engine but those of this package's own folder. */
async function startAlone(): Promise<Engine> {
  const program = fileURLToPath(new URL('./print-engine.ts', import.meta.url));
  const { NODE_PATH: _, ...env } = process.env;
  const { stdout } = await run(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), '--conditions', '@lunet/source', program],
    {
      cwd: tmpdir(),
      env: { ...env, LUNET_CACHE: join(tmpdir(), 'lunet-nothing-installed'), LUNET_ONNX_PROVIDER: 'cpu' },
    },
  );
  return JSON.parse(stdout) as Engine;
}

describe('startEngine', () => {
  it('is all that the package exports', () => {
    expect(Object.keys(surface).sort()).toEqual(['adam', 'startEngine']);
  });

  it('says why wasm does not start and what to do, and starts nothing else', async () => {
    await import('@tensorflow/tfjs-backend-wasm');
    tf.env().set('WASM_HAS_SIMD_SUPPORT', false);
    await expect(startEngine({ prefer: 'wasm' })).rejects.toThrow(
      "Cannot start engine 'wasm': this JavaScript engine has no WebAssembly SIMD; use Node 20 or later",
    );
    tf.env().set('WASM_HAS_SIMD_SUPPORT', true);
  });

  // That it starts wasm where onnx is not installed either is tested on the tarball (scripts/check-tarballs.mjs).
  it('starts the fastest that is installed, and says why faster ones are not', async () => {
    expect(await startAlone()).toEqual({
      name: 'onnx',
      device: expect.stringMatching(/^CPU, \d+ threads?$/),
      version: expect.stringMatching(/^ONNX Runtime \d+\.\d+\.\d+$/),
      threads: availableParallelism(),
      gpu: false,
      passedOver: [
        {
          name: 'tensorflow',
          reason: expect.stringMatching(/^not installed: run "npx lunet-engine install"/),
        },
      ],
    });
  });

  it('starts wasm and says what runs', async () => {
    expect(await startEngine({ prefer: 'wasm' })).toEqual({
      name: 'wasm',
      device: expect.stringMatching(/^WebAssembly SIMD, \d+ threads?$/),
      version: '4.22.0',
      threads: Math.min(8, availableParallelism()),
      gpu: false,
      passedOver: [],
    });
    expect(tf.getBackend()).toBe('wasm');
  });

  it('leaves no listener for uncaught errors behind', () => {
    expect(
      [...process.listeners('uncaughtException'), ...process.listeners('unhandledRejection')].join(),
    ).not.toContain('ExitStatus');
  });

  it('returns the same when called again, and keeps tensors alive', async () => {
    const first = await startEngine({ prefer: 'wasm' });
    const tensor = tf.tensor1d([1, 2, 3]);
    expect(await startEngine({ prefer: 'wasm' })).toEqual(first);
    expect([...tensor.dataSync()]).toEqual([1, 2, 3]);
    tensor.dispose();
  });

  it('starts the plain cpu on request, and wasm again after it', async () => {
    expect((await startEngine({ prefer: 'cpu' })).name).toBe('cpu');
    expect(tf.getBackend()).toBe('cpu');
    await startEngine({ prefer: 'wasm' });
    expect(tf.getBackend()).toBe('wasm');
  });

  it('keeps the threads of the first start', async () => {
    const { threads } = await startEngine({ prefer: 'wasm' });
    expect((await startEngine({ prefer: 'wasm', threads })).threads).toBe(threads);
    await expect(startEngine({ prefer: 'wasm', threads: threads + 1 })).rejects.toThrow(
      `Cannot start engine 'wasm': it runs with ${threads} threads already; ask for ${threads + 1} at the first start`,
    );
    await expect(startEngine({ prefer: 'wasm', threads: 0 })).rejects.toThrow(
      new RangeError('Cannot start 0 threads: expected an integer from 1 to 64'),
    );
  });

  it('refuses an unknown engine by name', async () => {
    await expect(startEngine({ prefer: 'gpu' as never })).rejects.toThrow(
      new RangeError("Cannot start engine 'gpu': expected one of auto, tensorflow, onnx, wasm, cpu"),
    );
  });
});
