import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEngine } from '@lunet/engine';
import { loadSafetensors } from '@lunet/unet';
import * as tf from '@tensorflow/tfjs-core';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseExportOptions } from '../export/export-options.ts';
import { denseModel } from './dense-model.ts';
import { refusalOf } from './refusal-of.ts';
import { runExample } from './run-example.ts';

let folder: string;
let weights: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lunet-export-'));
  weights = join(folder, 'best.safetensors');
  await writeFile(weights, await denseModel(-150));
});
afterAll(() => rm(folder, { recursive: true }));

/** What tfjs gives for some images, and the images. */
async function predicted(shape: [number, number, number, number]): Promise<[Float32Array, Float32Array]> {
  await startEngine({ prefer: 'cpu' });
  const images = tf.randomUniform(shape, -1000, 400, 'float32', 5);
  const probabilities = loadSafetensors(await readFile(weights)).predict(images) as tf.Tensor;
  return [images.dataSync() as Float32Array, probabilities.dataSync() as Float32Array];
}

async function run(file: string, images: Float32Array, shape: readonly number[]): Promise<Float32Array> {
  const session = await InferenceSession.create(file, { intraOpNumThreads: 1 });
  const { head } = await session.run({ image: new Tensor('float32', images, shape) });
  return head!.data as Float32Array;
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i]!)), 0);
}

describe('export-onnx', () => {
  it('writes a network that gives what it gives here, at any size, and says how to run it', async () => {
    const out = join(folder, 'a "network".onnx');
    const { code, stdout, stderr } = await runExample('export-onnx', [
      ...['--model', folder, '--out', out],
      ...['--layout', 'NHWC'],
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^written +.*a "network".onnx, \d+ kB$/m);
    expect(stdout).toMatch(/^input +image, float32 \[batch, height, width, 7\]: .*multiples of 2$/m);
    expect(stdout).toMatch(/^output +head, float32 \[batch, height, width, 1\]/m);
    for (const shape of [
      [1, 8, 12, 7],
      [3, 6, 4, 7],
    ] as [number, number, number, number][]) {
      const [images, expected] = await predicted(shape);
      expect(new Set(expected.map((p) => Math.round(p))), 'nodule and none').toEqual(new Set([0, 1]));
      expect(largestDifference(await run(out, images, shape), expected)).toBeLessThan(1e-5);
    }
  });

  it('fixes sizes, and writes beside the weights', async () => {
    const fixed = ['--fixed', 'batch=1', 'height=8', 'width=4'];
    const { code, stdout } = await runExample('export-onnx', ['--model', weights, ...fixed]);
    expect({ code, stdout }).toMatchObject({ code: 0 });
    expect(stdout).toMatch(/^input +image, float32 \[1, 7, 8, 4\]: HU$/m);
    const session = await InferenceSession.create(join(folder, 'best.onnx'));
    const [input] = session.inputMetadata;
    expect(input).toMatchObject({ name: 'image', shape: [1, 7, 8, 4] });
  });

  it('refuses in one message what it cannot use', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    const cases: [string[], RegExp][] = [
      [['--model', weights, '--fixed', 'height=7'], /^error: Cannot run U-Net on 7x2: .* divisible by 2/m],
      [['--model', weights, '--out', join(file, 'a.onnx')], /^error: Cannot write .*a\.onnx: /m],
    ];
    await Promise.all(
      cases.map(async ([args, message]) => {
        const { code, stderr } = await runExample('export-onnx', args);
        expect(stderr).toMatch(message);
        expect(stderr).not.toContain('    at ');
        expect(code).toBe(1);
      }),
    );
  });

  it.each([
    [[], /required option '--model/],
    [['--model', 'm', '--layout', 'CHWN'], /Allowed choices are NCHW, NHWC/],
    [['--model', 'm', '--fixed', 'depth=4'], /It takes batch, height or width/],
    [['--model', 'm', '--fixed', 'height=0'], /It takes batch, height or width/],
  ])('refuses the command line %j', (args, message) => {
    expect(refusalOf(() => parseExportOptions(args))).toMatch(message);
  });
});

const python = process.env.LUNET_PYTHON;
const missing = whatIsMissing();

function whatIsMissing(): string | undefined {
  if (python === undefined) return 'LUNET_PYTHON names no Python';
  try {
    execFileSync(python, ['-c', 'import onnxruntime'], { stdio: 'pipe' });
    return undefined;
  } catch {
    return `${python} has no onnxruntime`;
  }
}

describe.skipIf(missing)(`its lines of Python${missing ? ` (skipped: ${missing})` : ''}`, () => {
  it('run', async () => {
    const { stdout } = await runExample('export-onnx', ['--model', weights]);
    const lines = stdout.slice(stdout.indexOf('Python      ') + 12).split('\n');
    const code = [...lines.map((line) => line.trim()), 'print(probabilities.shape)'].join('\n');
    expect(execFileSync(python!, ['-c', code], { encoding: 'utf8' }).trim()).toBe('(1, 1, 512, 512)');
  });
});
