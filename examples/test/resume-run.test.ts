import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ProgressLine } from '../terminal/progress-line.ts';
import { type RunConfig, resumedOptions, resumeRun } from '../train/resume-run.ts';
import { defaultTrainOptions } from '../train/train-luna16-options.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lunet-resume-run-'));
});
afterAll(() => rm(folder, { recursive: true }));

const config: RunConfig = {
  options: { ...defaultTrainOptions(), data: 'LUNA16', seed: 7, json: true },
  engine: { name: 'wasm' },
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
  it('refuses other data and another engine, and changes nothing', async () => {
    const path = await runWith('refused', config);
    const { line } = printing();
    const data = { ...config.data, training: 'c' };
    await expect(resumeRun(path, { ...config, data }, line)).rejects.toThrow(
      `Cannot resume ${path}: LUNA16 has other data than it was begun with (training)`,
    );
    await expect(resumeRun(path, { ...config, engine: { name: 'cpu' } }, line)).rejects.toThrow(
      `Cannot resume ${path}: it was begun with the engine 'wasm', here 'cpu' starts`,
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
});
