import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEngine } from '@lunet/engine';
import { type Geometry, identityDirection, toVoxels } from '@lunet/io';
import type { Batch } from '@lunet/patches';
import { buildUnet, loadSafetensors, saveSafetensors } from '@lunet/unet';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { constantRate, RunFolder, type TrainEvent, train, validateScans } from '../src/index.ts';
import { loss, network, SIZE, sha256, squareBatch, squares, validation } from './squares.ts';

let folder: string;
beforeAll(async () => {
  await startEngine({ prefer: 'wasm' });
  folder = await mkdtemp(join(tmpdir(), 'lunet-train-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('train', () => {
  it('learns bright squares', async () => {
    const model = buildUnet(network);
    const losses: number[] = [];
    const result = await train({
      model,
      batches: (epoch) => squares(epoch),
      loss,
      epochs: 6,
      learningRate: constantRate(1e-2),
      onEvent: (event) => event.kind === 'step' && losses.push(event.loss),
    });
    expect(result).toMatchObject({ stop: 'completed', steps: 60, best: undefined });
    expect(losses.at(-1)!).toBeLessThan(0.2);
    expect(losses.at(-1)!).toBeLessThan(losses[0]! / 3);
  });

  it('gives the same weights for the same seed', async () => {
    const weights = async () => {
      const model = buildUnet(network);
      await train({ model, batches: (epoch) => squares(epoch), loss, epochs: 1 });
      return sha256(saveSafetensors(model));
    };
    expect(await weights()).toBe(await weights());
  });

  it('keeps the number of tensors from the second step on, and leaves none behind', async () => {
    const model = buildUnet(network);
    const before = tf.memory().numTensors;
    const counts: number[] = [];
    await train({
      model,
      batches: (epoch) => squares(epoch),
      loss,
      epochs: 2,
      onEvent: (event) => event.kind === 'step' && counts.push(tf.memory().numTensors),
    });
    expect(new Set(counts.slice(1)).size).toBe(1);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('restores the best weights; an equal score does not replace them; patience ends it', async () => {
    const model = buildUnet(network);
    const scores = [0.2, 0.6, 0.6, 0.1];
    const seen: string[] = [];
    const result = await train({
      model,
      batches: (epoch) => squares(epoch, 3),
      loss,
      epochs: 10,
      patience: 2,
      validate: async () => {
        seen.push(sha256(saveSafetensors(model)));
        return validation(scores[seen.length - 1]!);
      },
    });
    expect(result).toMatchObject({ stop: 'no-improvement', steps: 12, best: { step: 6 } });
    expect(sha256(saveSafetensors(model))).toBe(seen[1]);
  });

  it('ends at a loss that is not a number, with the weights of the last good validation', async () => {
    const model = buildUnet(network);
    let good = '';
    const result = await train({
      model,
      batches: async function* (epoch) {
        for await (const batch of squares(epoch, 2)) {
          if (epoch === 1) batch.images[0] = Number.NaN;
          yield batch;
        }
      },
      loss,
      epochs: 3,
      validate: async () => {
        good = sha256(saveSafetensors(model));
        return validation(0.5);
      },
    });
    expect(result).toMatchObject({ stop: 'not-a-number', steps: 3 });
    expect(sha256(saveSafetensors(model))).toBe(good);
  });

  it('stops at max-steps within an epoch, and validates then', async () => {
    let validations = 0;
    const result = await train({
      model: buildUnet(network),
      batches: (epoch) => squares(epoch),
      loss,
      epochs: 5,
      maxSteps: 13,
      validateEvery: 5,
      validate: async () => validation(++validations),
    });
    expect(result).toMatchObject({ stop: 'max-steps', steps: 13 });
    expect(validations).toBe(1);
  });

  it('stops when it is told to, and the run folder holds the weights so far', async () => {
    const controller = new AbortController();
    const run = await RunFolder.create(join(folder, 'aborted'), {});
    const result = await train({
      model: buildUnet(network),
      batches: (epoch) => squares(epoch),
      loss,
      epochs: 5,
      run,
      signal: controller.signal,
      onEvent: (event) => event.kind === 'step' && event.step === 4 && controller.abort(),
    });
    await run.close();
    expect(result).toMatchObject({ stop: 'aborted', steps: 4 });
    loadSafetensors(await readFile(join(run.path, 'latest.safetensors'))).dispose();
  });

  it('passes errors of the batch source on, and refuses an epoch without batches', async () => {
    const model = buildUnet(network);
    // biome-ignore lint/correctness/useYield: it fails before it could yield
    const broken = async function* (): AsyncGenerator<Batch> {
      throw new Error('scan vanished');
    };
    await expect(train({ model, batches: broken, loss, epochs: 1 })).rejects.toThrow('scan vanished');
    await expect(train({ model, batches: () => squares(0, 0), loss, epochs: 1 })).rejects.toThrow(
      'no batches',
    );
    await expect(train({ model, batches: () => squares(0), loss, epochs: 0 })).rejects.toThrow('epochs is 0');
  });

  it('logs no nodule counts that were not taken', async () => {
    const run = await RunFolder.create(join(folder, 'strided'), {});
    const model = buildUnet(network);
    const batches = (epoch: number) => squares(epoch, 1);
    await train({ model, batches, loss, epochs: 1, run, validate: async () => validation(0.5) });
    await run.close();
    const line = (await readFile(join(run.path, 'metrics.jsonl'), 'utf8')).trimEnd().split('\n').at(-1)!;
    expect(JSON.parse(line)).toEqual({
      kind: 'validation',
      step: 1,
      recall: 0.5,
      precision: 0.5,
      dice: 0.5,
      score: 0.5,
      epoch: 0,
    });
  });

  it('leaves a run folder whose files say what happened', async () => {
    const path = join(folder, 'run');
    const run = await RunFolder.create(path, { seed: 3 });
    const model = buildUnet(network);
    const geometry: Geometry = {
      size: [SIZE, SIZE, 1],
      spacing: [1, 1, 1],
      origin: [0, 0, 0],
      direction: identityDirection,
    };
    const { images, labels } = squareBatch(0, 1);
    const scan = {
      seriesUid: '1.2.3',
      nodules: [{ seriesUid: '1.2.3', centerWorld: [1.5, 5.5, 0] as const, diameterMm: 4 }],
      load: async () => ({
        volume: { geometry, voxels: toVoxels(Int16Array.from(images), [1, SIZE, SIZE]) },
        truth: { geometry, voxels: toVoxels(Uint8Array.from(labels), [1, SIZE, SIZE]) },
      }),
    };
    const events: TrainEvent[] = [];
    const result = await train({
      model,
      batches: (epoch) => squares(epoch),
      loss,
      epochs: 6,
      learningRate: constantRate(1e-2),
      validateEvery: 3,
      validate: (signal) => validateScans(model, [scan], { signal }),
      run,
      onEvent: (event) => events.push(event),
    });
    await run.close();

    expect(events.map(({ kind }) => kind).filter((kind) => kind === 'validation')).toHaveLength(2);
    expect(result.best!.validation.scores).toMatchObject({ recall: 1, nodules: 1, nodulesFound: 1 });
    const lines = (await readFile(join(path, 'metrics.jsonl'), 'utf8'))
      .trimEnd()
      .split('\n')
      .map((l) => JSON.parse(l));
    expect(lines.filter(({ kind }) => kind === 'train')).toHaveLength(60);
    expect(lines.at(-1)).toMatchObject({ kind: 'validation', step: 60, noduleSensitivity: 1, cpm: 1 });
    expect(JSON.parse(await readFile(join(path, 'config.json'), 'utf8'))).toEqual({ seed: 3 });
    const best = loadSafetensors(await readFile(join(path, 'best.safetensors')));
    expect(sha256(saveSafetensors(best))).toBe(sha256(saveSafetensors(model)));
    best.dispose();
    expect(
      (await readFile(join(path, 'overlays', '000060', '1.2.3-z000.png'))).subarray(1, 4).toString(),
    ).toBe('PNG');
    await expect(RunFolder.create(path, {})).rejects.toThrow('it holds one already');
  });
});
