import '@tensorflow/tfjs-backend-cpu';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { exportOnnx, type ImageLayout } from '../src/index.ts';
import { inLayout, numbersFor, samples } from './exported-models.ts';

const python = process.env.LUNET_PYTHON;
const missing = whatIsMissing();

function whatIsMissing(): string | undefined {
  if (python === undefined) return 'LUNET_PYTHON names no Python';
  try {
    execFileSync(python, ['-c', 'import onnx, onnxruntime'], { stdio: 'pipe' });
    return undefined;
  } catch {
    return `${python} has no onnx and onnxruntime`;
  }
}

describe.skipIf(missing)(`exported files in Python${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let folder: string;
  beforeAll(async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    await tf.setBackend('cpu');
    folder = await mkdtemp(join(tmpdir(), 'lunet-onnx-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('pass onnx.checker, and give what tfjs gives', { timeout: 60_000 }, async () => {
    const cases = [];
    for (const [i, sample] of samples.entries()) {
      const layout: ImageLayout = i % 2 === 0 ? 'NCHW' : 'NHWC';
      const net = sample.build();
      const name = `${sample.what}.onnx`;
      await writeFile(join(folder, name), await exportOnnx(net, { layout, ...sample.options }));
      const runs = [];
      for (const [j, shapes] of sample.runs.entries()) {
        const write = (names: readonly string[], tensors: readonly tf.Tensor[]) =>
          Promise.all(
            tensors.map(async (tensor, k) => {
              const { values, shape } = inLayout(tensor, layout);
              const file = `${i}-${j}-${names[k]!.replaceAll('/', '_')}`;
              await writeFile(join(folder, file), values);
              return [names[k]!, { file, shape }] as const;
            }),
          );
        const inputs = numbersFor(sample, shapes);
        const outputs = [net.predict(inputs.length === 1 ? inputs[0]! : inputs)].flat();
        // An output that is an input has another name in the file.
        const outputNames = net.outputNames.map((name) =>
          net.inputNames.includes(name) ? `${name}_1` : name,
        );
        runs.push({
          inputs: Object.fromEntries(await write(net.inputNames, inputs)),
          outputs: Object.fromEntries(await write(outputNames, outputs)),
        });
      }
      cases.push({ model: name, runs });
    }
    await writeFile(join(folder, 'cases.json'), JSON.stringify(cases));
    const script = join(import.meta.dirname, 'check-exported.py');
    const report = JSON.parse(execFileSync(python!, [script, folder], { encoding: 'utf8' }));
    const bad = Object.entries(report).filter(
      ([, found]) => typeof found === 'string' || (found as number) > 1e-5,
    );
    expect(bad).toEqual([]);
    expect(Object.keys(report)).toHaveLength(samples.length);
  });
});
