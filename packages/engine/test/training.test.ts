import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expectNoTensorLeak } from '@lunet/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { startEngine } from '../src/index.ts';
import { smallTraining } from './small-unet.ts';

const script = fileURLToPath(new URL('./train-and-hash.ts', import.meta.url));

async function trainAndHash(threads: number): Promise<string> {
  const args = ['--conditions', '@lunet/source', '--import', 'tsx', script, String(threads)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 20_000 });
  return stdout.trim();
}

describe('training on wasm', () => {
  it('lowers the loss, keeps no tensor and does not let the heap grow over 50 steps', async () => {
    await startEngine({ prefer: 'wasm' });
    const { step } = smallTraining();
    const heapBytes = (): number =>
      (tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array } }).wasm.HEAPU8.byteLength;
    const first = step();
    for (let i = 0; i < 3; i++) step();
    const before = heapBytes();
    const last = await expectNoTensorLeak(() => {
      let loss = 0;
      for (let i = 0; i < 50; i++) loss = step();
      return loss;
    });
    expect(heapBytes()).toBe(before);
    expect(last).toBeLessThan(first / 4);
  });

  it('gives bit-identical weights for any number of threads, twice, and lets the process end', async () => {
    const [one, again, three] = await Promise.all([trainAndHash(1), trainAndHash(1), trainAndHash(3)]);
    expect(one).toMatch(/^1 [0-9a-f]{64}$/);
    expect(again).toBe(one);
    expect(three).toBe(one!.replace(/^1/, '3'));
  });
});
