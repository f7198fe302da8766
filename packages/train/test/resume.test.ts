import { cp, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEngine } from '@lunet/engine';
import { expectNoTensorLeak } from '@lunet/testing';
import { buildUnet, decodeSafetensors, loadSafetensors, readWeights, saveSafetensors } from '@lunet/unet';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cosineRate, RunFolder, type TrainOptions, type TrainResult, train } from '../src/index.ts';
import { readEvents } from './read-events.ts';
import { loss, network, sha256, squares, validation } from './squares.ts';

const EPOCHS = 3;
const STEPS = 4;

let folder: string;
let reference: Outcome;
beforeAll(async () => {
  await startEngine({ prefer: 'wasm' });
  folder = await mkdtemp(join(tmpdir(), 'lunet-resume-'));
  const path = join(folder, 'reference');
  await begin(path);
  reference = await outcome(path);
});
afterAll(() => rm(folder, { recursive: true }));

/** Trains a run folder's model on, from where it stands. */
async function trainOn(
  { run, state }: { run: RunFolder; state?: TrainOptions['from'] },
  more: Partial<TrainOptions> = {},
): Promise<TrainResult & { readonly weights: string }> {
  const model = buildUnet(network);
  try {
    const result = await train({
      model,
      batches: (epoch, { from }) => squares(epoch, STEPS, from),
      loss,
      epochs: EPOCHS,
      learningRate: cosineRate({ peak: 1e-2, steps: EPOCHS * STEPS }),
      // A score that goes up and down with the weights: the second one is the best.
      validate: async () => {
        const bias = readWeights(model).get('head.bias')!.data[0]!;
        return validation(1 / (1 + (Math.abs(1e4 * bias) % 7)));
      },
      run,
      checkpointSeconds: 0,
      from: state,
      ...more,
    });
    return { ...result, weights: sha256(saveSafetensors(model)) };
  } finally {
    await run.close();
    model.dispose();
  }
}

async function begin(path: string, more: Partial<TrainOptions> = {}) {
  return trainOn({ run: await RunFolder.create(path, { seed: 3 }) }, more);
}

async function goOn(path: string, more: Partial<TrainOptions> = {}) {
  const resumed = await RunFolder.resume(path);
  return { problems: resumed.problems, from: resumed.state?.step, ...(await trainOn(resumed, more)) };
}

interface Outcome {
  readonly latest: string;
  readonly best: string;
  readonly metrics: readonly unknown[];
  readonly events: readonly unknown[];
}

/** All that a run leaves, but for the times. */
async function outcome(path: string): Promise<Outcome> {
  const hash = async (name: string) => sha256(await readFile(join(path, `${name}.safetensors`)));
  const lines = (await readFile(join(path, 'metrics.jsonl'), 'utf8')).trimEnd().split('\n');
  return {
    latest: await hash('latest'),
    best: await hash('best'),
    metrics: lines.map((line) => ({ ...JSON.parse(line), milliseconds: 0 })),
    events: await readEvents(path),
  };
}

const checkpointsOf = async (path: string) => (await readdir(join(path, 'checkpoints'))).sort();

describe('a run that is interrupted and resumed', () => {
  it('ends as one that was not, whatever step it stops after', async () => {
    expect(new Set(reference.metrics.map((line) => JSON.stringify(line))).size).toBe(EPOCHS * STEPS + EPOCHS);
    const ends = new Set<string>();
    for (let stop = 1; stop <= EPOCHS * STEPS; stop++) {
      const path = join(folder, `after-${stop}`);
      const controller = new AbortController();
      const result = await begin(path, {
        signal: controller.signal,
        checkpointSeconds: 1000,
        onEvent: (event) => event.kind === 'step' && event.step === stop && controller.abort(),
      });
      expect(result).toMatchObject({ stop: 'aborted', steps: stop });
      const resumed = await goOn(path);
      expect(resumed).toMatchObject({ from: stop, steps: EPOCHS * STEPS, stop: 'completed' });
      ends.add(resumed.weights);
      expect(await outcome(path), `stopped after step ${stop}`).toEqual(reference);
    }
    expect(ends.size).toBe(1);
  });

  it('leaves no tensor behind', async () => {
    const path = join(folder, 'tensors');
    const controller = new AbortController();
    const { signal } = controller;
    await begin(path, { signal, onEvent: (event) => event.kind === 'step' && controller.abort() });
    await expectNoTensorLeak(() => goOn(path));
  });

  it.each([0, 1000])(
    'ends as one that was not after failures within validations and steps, saved every %i s',
    async (checkpointSeconds) => {
      const path = join(folder, `often-${checkpointSeconds}`);
      const cutAt = (kind: 'step' | 'validating', place: number): Partial<TrainOptions> => {
        let count = 0;
        return {
          checkpointSeconds,
          onEvent: (event) => {
            if (event.kind === kind && ++count === place) throw new Error('power cut');
          },
        };
      };
      await expect(begin(path, cutAt('validating', 1))).rejects.toThrow('power cut');
      for (let epoch = 0; epoch < EPOCHS - 1; epoch++) {
        await expect(goOn(path, cutAt('step', 3))).rejects.toThrow('power cut');
        await expect(goOn(path, cutAt('validating', 1))).rejects.toThrow('power cut');
      }
      await goOn(path);
      expect(await outcome(path)).toEqual(reference);
    },
  );

  it('does nothing more when it had ended, by its epochs, its steps or its patience', async () => {
    for (const [name, options] of Object.entries({
      completed: {},
      'max-steps': { maxSteps: 6 },
      'no-improvement': { patience: 1, validate: async () => validation(0.5) },
    })) {
      const path = join(folder, `ended-${name}`);
      const first = await begin(path, options);
      const before = await outcome(path);
      const again = await goOn(path, options);
      expect(again, name).toMatchObject({ stop: name, steps: first.steps, best: first.best! });
      expect(again.weights).toBe(first.weights);
      expect(await outcome(path)).toEqual(before);
    }
  });

  it('begins anew where it was killed before its first checkpoint', async () => {
    const path = join(folder, 'early');
    const failing = begin(path, {
      checkpointSeconds: 1000,
      onEvent: () => {
        throw new Error('power cut');
      },
    });
    await expect(failing).rejects.toThrow('power cut');
    expect(await goOn(path)).toMatchObject({ from: undefined, stop: 'completed' });
    expect(await outcome(path)).toEqual(reference);
  });
});

describe('checkpoints', () => {
  it('are two, open, and hold what a step depends on', async () => {
    const path = join(folder, 'reference');
    expect(await checkpointsOf(path)).toEqual(['000011.safetensors', '000012.safetensors']);
    const { tensors, metadata } = decodeSafetensors(
      await readFile(join(path, 'checkpoints', '000012.safetensors')),
    );
    const model = loadSafetensors(await readFile(join(path, 'latest.safetensors')));
    const weights = readWeights(model);
    for (const [name, { data }] of weights) expect(tensors.get(name)!.data).toEqual(data);
    const trained = model.trainableWeights.length;
    expect(tensors.size).toBe(2 * weights.size + 2 * trained + 1);
    const powers = tensors.get('adam/powers')!.data;
    expect(powers[0]).toBeCloseTo(0.9 ** 13, 6);
    expect(powers[1]).toBeCloseTo(0.999 ** 13, 6);
    expect(JSON.parse(metadata.train!)).toMatchObject({ step: 12, epoch: 3, batch: 0 });
    model.dispose();
  });

  /** A run that ended after step 7, and what is done to its newest checkpoint, or to both. */
  async function damaged(name: string, damage: (file: string) => Promise<void>, both = false) {
    const path = join(folder, name);
    const controller = new AbortController();
    await begin(path, {
      signal: controller.signal,
      onEvent: (event) => event.kind === 'step' && event.step === 7 && controller.abort(),
    });
    const names = await checkpointsOf(path);
    expect(names).toEqual(['000006.safetensors', '000007.safetensors']);
    for (const one of both ? names : names.slice(1)) await damage(join(path, 'checkpoints', one));
    return path;
  }

  const flip = async (file: string, at: (bytes: Buffer) => number) => {
    const bytes = await readFile(file);
    bytes[at(bytes)]! ^= 1;
    await writeFile(file, bytes);
  };

  it.each<[string, (file: string) => Promise<void>, RegExp]>([
    ['empty', (file) => truncate(file, 0), /0 bytes/],
    ['cut in its header', (file) => truncate(file, 300), /header of \d+ bytes, at most 292 fit/],
    ['cut in its data', (file) => truncate(file, 20_000), /ends at byte/],
    [
      'changed in its last tensor',
      (file) => flip(file, ({ length }) => length - 3),
      /its bytes were changed/,
    ],
    ['changed in its state', (file) => flip(file, (bytes) => bytes.indexOf('sinceBest') + 13), /changed/],
  ])('that are %s are made up for by the one before', async (name, damage, message) => {
    const path = await damaged(name, damage);
    const resumed = await goOn(path);
    expect(resumed.from).toBe(6);
    expect(resumed.problems).toHaveLength(1);
    expect(resumed.problems[0]).toMatch(/^Cannot read .*000007\.safetensors: /);
    expect(resumed.problems[0]).toMatch(message);
    expect(await outcome(path)).toEqual(reference);
  });

  it('that cannot be read at all are one message, and nothing is changed', async () => {
    const path = await damaged('both', (file) => truncate(file, 1000), true);
    const before = await outcome(path);
    await expect(RunFolder.resume(path)).rejects.toThrow(
      /^Cannot resume: no checkpoint in .* can be read\. .*000007.*; .*000006/,
    );
    expect(await outcome(path)).toEqual(before);
    expect(await checkpointsOf(path)).toHaveLength(2);
  });

  it('never hold a number that is not finite', async () => {
    const path = join(folder, 'diverged');
    const batches: TrainOptions['batches'] = async function* (epoch, { from }) {
      for await (const batch of squares(epoch, STEPS, from)) {
        if (epoch === 1) batch.images[0] = Number.NaN;
        yield batch;
      }
    };
    expect(await begin(path, { batches })).toMatchObject({ stop: 'not-a-number', steps: STEPS + 1 });
    expect((await checkpointsOf(path)).at(-1)).toBe('000004.safetensors');
    // The data are repaired: it goes on as if nothing had been.
    expect(await goOn(path)).toMatchObject({ from: STEPS, stop: 'completed' });
    expect(await outcome(path)).toEqual(reference);
  });

  it('are left out where only a moving average is not finite, which no loss shows', async () => {
    const path = join(folder, 'moving-average');
    const run = await RunFolder.create(path, {});
    const model = buildUnet(network);
    const average = model.weights.find(({ originalName }) => originalName.endsWith('moving_variance'))!;
    const result = await train({
      model,
      batches: (epoch, { from }) => squares(epoch, STEPS, from),
      loss,
      epochs: 1,
      run,
      checkpointSeconds: 0,
      onEvent: (event) => {
        if (event.kind === 'step' && event.step === 3)
          average.write(tf.fill(average.shape as [number], Number.NaN));
      },
    });
    await run.close();
    expect(result).toMatchObject({ stop: 'not-a-number', steps: 3 });
    expect(await checkpointsOf(path)).toEqual(['000001.safetensors', '000002.safetensors']);
    const latest = loadSafetensors(await readFile(join(path, 'latest.safetensors')));
    for (const { data } of readWeights(latest).values()) expect(data.every(Number.isFinite)).toBe(true);
    latest.dispose();
    model.dispose();
  });

  it('of another network are refused', async () => {
    const path = join(folder, 'other-network');
    await cp(join(folder, 'reference'), path, { recursive: true });
    const { run, state } = await RunFolder.resume(path);
    const model = buildUnet({ ...network, filters: 5 });
    const training = train({ model, batches: () => squares(0), loss, epochs: 9, run, from: state });
    await expect(training).rejects.toThrow(/^Cannot load weights: /);
    await run.close();
    model.dispose();
  });

  it('half written are cleared away', async () => {
    const path = await damaged('half', async () => {});
    const half = join(path, 'checkpoints', '.0f8b4a0e-7d32-4a53-9c1e-000000000000.000008.safetensors');
    await writeFile(half, new Uint8Array(100));
    await goOn(path);
    expect(await checkpointsOf(path)).toEqual(['000011.safetensors', '000012.safetensors']);
    expect(await outcome(path)).toEqual(reference);
  });
});

it('resumes no folder without a run', async () => {
  await expect(RunFolder.resume(join(folder, 'nothing'))).rejects.toThrow(
    /^Cannot resume .*nothing: it holds no run; config\.json is missing$/,
  );
});
