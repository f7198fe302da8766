import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEngine } from '@lunet/engine';
import type { Batch } from '@lunet/patches';
import { expectNoTensorLeak } from '@lunet/testing';
import { buildUnet, loadSafetensors, saveSafetensors } from '@lunet/unet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunFolder, train } from '../src/index.ts';
import { loss, network, sha256, squares, validation } from './squares.ts';

let folder: string;
beforeAll(async () => {
  await startEngine({ prefer: 'wasm' });
  folder = await mkdtemp(join(tmpdir(), 'lunet-train-failures-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** The hash of the weights that a run folder keeps under a name. */
async function kept(run: RunFolder, name: 'latest' | 'best' = 'latest'): Promise<string> {
  const model = loadSafetensors(await readFile(join(run.path, `${name}.safetensors`)));
  const hash = sha256(saveSafetensors(model));
  model.dispose();
  return hash;
}

describe('a step that fails', () => {
  it('leaves no tensor, releases its batch, and is told as it is', async () => {
    const model = buildUnet(network);
    const released: number[] = [];
    const batches = async function* (): AsyncGenerator<Batch> {
      let step = 0;
      for await (const batch of squares(0)) {
        const index = step++;
        yield { ...batch, release: () => released.push(index) };
      }
    };
    let calls = 0;
    await expectNoTensorLeak(async () => {
      const failing = train({
        model,
        batches,
        loss: (labels, predictions) => {
          if (++calls === 3) throw new Error('no such loss');
          return loss(labels, predictions);
        },
        epochs: 1,
      });
      await expect(failing).rejects.toThrow('no such loss');
    });
    expect(released).toEqual([0, 1, 2]);
  });

  it('does not cost the weights so far', async () => {
    const run = await RunFolder.create(join(folder, 'broken-source'), {});
    const model = buildUnet(network);
    const batches = async function* (): AsyncGenerator<Batch> {
      yield* squares(0, 3);
      throw new Error('scan vanished');
    };
    await expect(train({ model, batches, loss, epochs: 1, run })).rejects.toThrow('scan vanished');
    await run.close();
    expect(await kept(run)).toBe(sha256(saveSafetensors(model)));
  });
});

describe('an abort', () => {
  it('ends training in order where the batch source throws the reason, an AbortError, or just ends', async () => {
    const endings: Record<string, (signal: AbortSignal) => void> = {
      reason: (signal) => signal.throwIfAborted(),
      AbortError: () => {
        throw new DOMException('This operation was aborted', 'AbortError');
      },
      nothing: () => {},
    };
    for (const [name, end] of Object.entries(endings)) {
      const controller = new AbortController();
      const batches = async function* (epoch: number): AsyncGenerator<Batch> {
        yield* squares(epoch, 2);
        controller.abort(new Error('interrupted'));
        end(controller.signal);
      };
      const run = await RunFolder.create(join(folder, `aborted-${name}`), {});
      const model = buildUnet(network);
      const result = await expectNoTensorLeak(() =>
        train({ model, batches, loss, epochs: 1, run, signal: controller.signal }),
      );
      await run.close();
      expect(result, name).toMatchObject({ stop: 'aborted', steps: 2 });
      expect(await kept(run), name).toBe(sha256(saveSafetensors(model)));
    }
  });

  it('does not hide a failure at the same time', async () => {
    const controller = new AbortController();
    const batches = async function* (): AsyncGenerator<Batch> {
      yield* squares(0, 1);
      controller.abort(new Error('interrupted'));
      throw new Error('scan vanished');
    };
    const { signal } = controller;
    await expect(train({ model: buildUnet(network), batches, loss, epochs: 1, signal })).rejects.toThrow(
      'scan vanished',
    );
  });
});

describe('a disk that fails', () => {
  it.skipIf(!existsSync('/dev/full'))(
    'is one message that names the file, and costs no weights (needs /dev/full)',
    async () => {
      const path = join(folder, 'full');
      await mkdir(path);
      await symlink('/dev/full', join(path, 'metrics.jsonl'));
      const run = await RunFolder.create(path, {});
      const model = buildUnet(network);
      await expect(
        train({ model, batches: (epoch) => squares(epoch), loss, epochs: 1, run }),
      ).rejects.toThrow(/^Cannot write .*metrics\.jsonl: ENOSPC/);
      await run.close();
      expect(await kept(run)).toBe(sha256(saveSafetensors(model)));
    },
  );

  it('names the checkpoint that it could not write, and leaves no temporary file', async () => {
    const path = join(folder, 'blocked');
    await mkdir(join(path, 'latest.safetensors', 'in-the-way'), { recursive: true });
    const run = await RunFolder.create(path, {});
    await expect(
      train({
        model: buildUnet(network),
        batches: (epoch) => squares(epoch, 1),
        loss,
        epochs: 1,
        run,
        validate: async () => validation(0.5),
      }),
    ).rejects.toThrow(/^Cannot write .*latest\.safetensors: /);
    await run.close();
    expect((await readdir(path)).filter((name) => name.startsWith('.'))).toEqual([]);
    expect(await kept(run, 'best')).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('a loss that is not a number', () => {
  it('leaves the last good weights in the run folder, even before the first validation', async () => {
    const run = await RunFolder.create(join(folder, 'nan'), {});
    const model = buildUnet(network);
    const first = sha256(saveSafetensors(model));
    const batches = async function* (): AsyncGenerator<Batch> {
      for await (const batch of squares(0, 3)) {
        if (batch.images[0] !== 0) batch.images[0] = Number.NaN;
        yield batch;
      }
    };
    const result = await train({ model, batches, loss, epochs: 1, run });
    await run.close();
    expect(result.stop).toBe('not-a-number');
    expect(sha256(saveSafetensors(model))).toBe(first);
    expect(await kept(run)).toBe(first);
  });
});

describe('the best model', () => {
  it('is the latest one while nothing scores above 0, and patience still counts', async () => {
    const scores = [0, 0, 0, 0];
    const model = buildUnet(network);
    const seen: string[] = [];
    const result = await train({
      model,
      batches: (epoch) => squares(epoch, 1),
      loss,
      epochs: 10,
      patience: 2,
      validate: async () => {
        seen.push(sha256(saveSafetensors(model)));
        return validation(scores[seen.length - 1]!);
      },
    });
    expect(result).toMatchObject({ stop: 'no-improvement', steps: 3, best: { step: 3 } });
    expect(sha256(saveSafetensors(model))).toBe(seen[2]);
  });
});

describe('options out of range', () => {
  it.each([
    [{ epochs: 0 }, 'epochs is 0'],
    [{ epochs: Number.POSITIVE_INFINITY }, 'epochs is Infinity'],
    [{ maxSteps: 0 }, 'maxSteps is 0'],
    [{ validateEvery: 0.5 }, 'validateEvery is 0.5'],
    [{ patience: Number.NaN }, 'patience is NaN'],
  ])('refuses %j', async (options, message) => {
    const training = train({
      model: buildUnet(network),
      batches: (epoch) => squares(epoch),
      loss,
      epochs: 1,
      ...options,
    });
    await expect(training).rejects.toThrow(message);
  });
});
