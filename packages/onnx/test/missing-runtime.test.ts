import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import Module from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, expect, it } from 'vitest';
import { startOnnx } from '../src/index.ts';

/** Finds a module somewhere else. */
type Resolve = (this: unknown, request: string, ...rest: unknown[]) => string;
const modules = Module as unknown as { _resolveFilename: Resolve };
const { _resolveFilename: resolve } = modules;
const folder = mkdtempSync(join(tmpdir(), 'lunet-onnx-'));

afterEach(() => {
  modules._resolveFilename = resolve;
  rmSync(folder, { recursive: true, force: true });
});

function instead(of: RegExp, file: string): void {
  modules._resolveFilename = function (request, ...rest) {
    return resolve.call(this, of.test(request) ? file : request, ...rest);
  };
}

it('says that ONNX Runtime does not load, why, and what to do; then starts when it does', async () => {
  const before = tf.getBackend();
  instead(/^onnxruntime-node$/, join(folder, 'nowhere'));
  await expect(startOnnx()).rejects.toThrow(
    /^Cannot load ONNX Runtime on \w+ \w+: Cannot find module .*nowhere'; reinstall onnxruntime-node$/,
  );
  const broken = join(folder, 'broken.node');
  writeFileSync(broken, 'no library');
  instead(/onnxruntime_binding\.node$/, broken);
  await expect(startOnnx()).rejects.toThrow(
    /^Cannot load ONNX Runtime on \w+ \w+: .*broken\.node.*; reinstall onnxruntime-node$/,
  );
  expect(tf.getBackend()).toBe(before);
  modules._resolveFilename = resolve;
  expect(await startOnnx({ threads: 1 })).toMatchObject({ threads: 1 });
});
