import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkTraining } from '../src/doctor/check-training.ts';
import { explain, tryEngine } from '../src/doctor/try-engine.ts';
import { startEngine } from '../src/index.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lunet-trial-'));
});
afterAll(() => rm(folder, { recursive: true }));

const started = "process.send({ stage: 'started', device: 'D', version: '1', threads: 2, gpu: true });";

/** Tries an engine whose process runs this text. */
async function tryProgram(text: string, milliseconds = 20_000) {
  const program = join(folder, `${Math.random()}.mjs`);
  await writeFile(program, text);
  return tryEngine('wasm', { program, milliseconds });
}

describe('tryEngine', () => {
  it.skipIf(process.platform === 'win32')(
    'reports a crash as its reason, and what was told before it',
    async () => {
      const trial = await tryProgram(`${started} setTimeout(() => process.kill(process.pid, 'SIGSEGV'), 30)`);
      expect(trial).toEqual({
        name: 'wasm',
        trains: false,
        device: 'D',
        version: '1',
        threads: 2,
        gpu: true,
        reason: 'crashed (SIGSEGV) while training: reinstall its npm packages',
        stepMilliseconds: null,
        sliceMilliseconds: null,
      });
    },
  );

  it('ends a process that hangs, even in a loop', async () => {
    const trial = await tryProgram('for (;;);', 600);
    expect(trial.reason).toMatch(/^gave no answer within 1 s while starting/);
    expect(trial.trains).toBe(false);
  });

  it('quotes what a process said last', async () => {
    const trial = await tryProgram("console.error('libfoo.so.1: cannot open\\n'); process.exit(7)");
    expect(trial.reason).toBe(
      'ended with exit code 7 while starting; it said last: libfoo.so.1: cannot open',
    );
  });

  it('takes what was told for true if the process crashes on its way out', async () => {
    const done =
      "process.send({ stage: 'trained' }); process.send({ stage: 'done' }, () => process.abort());";
    const trial = await tryProgram(`${started} ${done}`);
    expect(trial).toMatchObject({ trains: true, reason: null });
  });

  it('stops with its signal', async () => {
    const program = join(folder, 'forever.mjs');
    await writeFile(program, 'setInterval(() => {}, 1000)');
    const signal = AbortSignal.timeout(200);
    await expect(tryEngine('wasm', { program, signal })).rejects.toThrow(signal.reason);
  });
});

describe('explain', () => {
  const end = { code: null, signal: null, milliseconds: undefined, stderr: '' };

  it('tells want of memory, JavaScript memory and missing instructions apart', () => {
    expect(explain({ ...end, signal: 'SIGKILL' }, 'training', 'onnx')).toContain(
      'most likely for want of memory',
    );
    expect(explain({ ...end, signal: 'SIGILL' }, 'starting', 'tensorflow')).toContain(
      'instructions that this CPU lacks',
    );
    expect(explain({ ...end, signal: 'SIGSEGV' }, 'starting', 'tensorflow')).toContain(
      'lunet-engine install',
    );
    const stderr = 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n';
    expect(explain({ ...end, signal: 'SIGABRT', stderr }, 'timing', 'wasm')).toContain(
      '--max-old-space-size',
    );
  });
});

describe('checkTraining', () => {
  it('passes on plain JavaScript and on wasm, whose kernels share nothing', async () => {
    for (const prefer of ['cpu', 'wasm'] as const) {
      await startEngine({ prefer });
      const before = tf.memory().numTensors;
      await checkTraining();
      expect(tf.memory().numTensors).toBe(before);
    }
  });

  it('fails on a wrong gradient', async () => {
    await startEngine({ prefer: 'wasm' });
    const right = tf.getGradient('AvgPool');
    tf.unregisterGradient('AvgPool');
    try {
      tf.registerGradient({
        ...right,
        gradFunc: (dy, saved, attrs) => {
          const { x } = right.gradFunc(dy, saved, attrs) as { x: () => tf.Tensor };
          return { x: () => tf.mul(x(), -1) };
        },
      });
      await expect(checkTraining()).rejects.toThrow(
        /^loss of training step \d is [\d.]+, expected [\d.]+ to 1 %$/,
      );
    } finally {
      tf.unregisterGradient('AvgPool');
      tf.registerGradient(right);
    }
  });
});
