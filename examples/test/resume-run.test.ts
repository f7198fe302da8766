import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ProgressLine } from '../terminal/progress-line.ts';
import { orGoOnWithout, type RunConfig, resumedOptions, resumeRun } from '../train/resume-run.ts';
import { defaultTrainOptions } from '../train/train-luna16-options.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lunet-resume-run-'));
});
afterAll(() => rm(folder, { recursive: true }));

const config: RunConfig = {
  options: { ...defaultTrainOptions(), data: 'LUNA16', seed: 7, json: true },
  engine: { name: 'wasm', version: '4.22.0', device: 'WebAssembly SIMD, 2 threads' },
  versions: { node: '20.1.0' },
  data: { training: 'a', validation: 'b' },
};

async function runWith(name: string, content: unknown): Promise<string> {
  const path = join(folder, name);
  await mkdir(path);
  await writeFile(join(path, 'config.json'), JSON.stringify(content));
  return path;
}

/** What was printed, and the line that prints it. */
function printing() {
  const printed: string[] = [];
  const stream = new Writable({
    write: (chunk, _, done) => {
      printed.push(String(chunk));
      done();
    },
  });
  return { printed, line: new ProgressLine(stream as NodeJS.WriteStream) };
}

describe('resumedOptions', () => {
  it("takes the run's options and engine, but for what was changed", async () => {
    const path = await runWith('options', config);
    const options = await resumedOptions(path, { numWorkers: 3, data: 'elsewhere' });
    expect(options).toMatchObject({ seed: 7, engine: 'wasm', numWorkers: 3, data: 'elsewhere' });
    expect(options).toMatchObject({ out: path, json: false });
  });

  it('takes another engine if it is asked for', async () => {
    const path = await runWith('asked', config);
    expect(await resumedOptions(path, { engine: 'tensorflow' })).toMatchObject({ engine: 'tensorflow' });
    const refusal = () => orGoOnWithout(path)(new Error("Cannot start engine 'wasm': why"));
    expect(refusal).toThrow(
      `Cannot start engine 'wasm': why\nThe run was begun with it: --resume ${path} --engine auto goes on`,
    );
  });

  it('refuses a run of a version that knew fewer options', async () => {
    const { crossEntropy, ...options } = config.options;
    const path = await runWith('fewer', { ...config, options });
    await expect(resumedOptions(path, {})).rejects.toThrow(
      `Cannot resume ${path}: its config.json has no option 'crossEntropy'; another version wrote it`,
    );
    expect(crossEntropy).toBe(1);
  });

  it('refuses a config.json that is damaged', async () => {
    const path = await runWith('damaged', 7);
    await expect(resumedOptions(path, {})).rejects.toThrow(/^Cannot read .*config\.json: /);
  });
});

describe('resumeRun', () => {
  it('refuses other data, and changes nothing', async () => {
    const path = await runWith('refused', config);
    const { line } = printing();
    const data = { ...config.data, training: 'c' };
    await expect(resumeRun(path, { ...config, data }, line)).rejects.toThrow(
      `Cannot resume ${path}: LUNA16 has other data than it was begun with (training)`,
    );
    expect(await readdir(path)).toEqual(['config.json']);
  });

  it('says from where it goes on, and that other versions may give other weights', async () => {
    const path = await runWith('newer', config);
    const { line, printed } = printing();
    const { run, state } = await resumeRun(path, { ...config, versions: { node: '22.0.0' } }, line);
    await run.close();
    expect(state).toBeUndefined();
    expect(printed.join('')).toMatch(
      /begun with node 20\.1\.0, going on with 22\.0\.0: weights may differ\n/,
    );
    expect(printed.join('')).toMatch(/from the start: it ended before its first checkpoint\n$/);
  });

  it('goes on with another engine that was asked for, and keeps a record of both', async () => {
    const path = await runWith('other-engine', config);
    const { line, printed } = printing();
    const engine = { name: 'tensorflow', version: '4.22.0 on TensorFlow 2.21.0', device: 'CPU' } as const;
    const { run } = await resumeRun(path, { ...config, engine }, line);
    await run.close();
    expect(printed.join('')).toContain(
      'begun with wasm 4.22.0, going on with tensorflow 4.22.0 on TensorFlow 2.21.0 on CPU: weights will differ\n',
    );
    const now = JSON.parse(await readFile(join(path, 'config.json'), 'utf8'));
    expect(now).toEqual({
      ...JSON.parse(JSON.stringify(config)),
      engine,
      earlierEngines: [{ ...config.engine, untilStep: 0 }],
    });
    expect(await resumedOptions(path, {}), 'the next time without asking').toMatchObject({
      engine: 'tensorflow',
    });
  });

  it('takes other threads of wasm for the same engine, and of others not', async () => {
    const path = await runWith('threads', config);
    const threads = { ...config.engine, device: 'WebAssembly SIMD, 8 threads' };
    const first = printing();
    await (await resumeRun(path, { ...config, engine: threads }, first.line)).run.close();
    expect(first.printed.join('')).not.toContain('differ');
    const tensorflow = { name: 'tensorflow', version: '4.22.0', device: 'CPU, 2 threads' } as const;
    const other = await runWith('threads-of-tensorflow', { ...config, engine: tensorflow });
    const second = printing();
    const now = { ...config, engine: { ...tensorflow, device: 'CPU, 8 threads' } };
    await (await resumeRun(other, now, second.line)).run.close();
    expect(second.printed.join('')).toMatch(
      /on CPU, 2 threads, going on with .* on CPU, 8 threads: weights may/,
    );
  });
});
