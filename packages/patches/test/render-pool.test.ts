import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, test } from 'vitest';
import { allocateBatch } from '../src/loader/batch.ts';
import { RenderPool } from '../src/loader/render-pool.ts';
import { makeSet } from './make-chunk.ts';

const chunks = makeSet(4, 0);
const crop = { rows: 8, columns: 8 };
const buffers = Array.from({ length: 4 }, () => allocateBatch(1, crop, 3));
const input = { chunks, crop, buffers };
const place = { slice: 0, row: 0, column: 0 };
const job = (buffer: number) => ({ buffer, samples: [{ ...place, chunk: buffer }] });
const closed = new Error('closed by the test');

let pool: RenderPool;
afterEach(() => pool.close(closed));

/** Threads that die over the first `count` jobs; each is counted. */
function mortal(death: 'exit' | 'throw' | 'memory', count: number) {
  const lives = new Int32Array(new SharedArrayBuffer(4)).fill(count);
  const started: Worker[] = [];
  const start = (): Worker => {
    const worker = new Worker(new URL('programs/mortal-worker.mjs', import.meta.url), {
      workerData: { ...input, lives, death },
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: 64 },
    });
    started.push(worker);
    return worker;
  };
  return { start, started };
}

/** Checks that each buffer holds the first pixel row of its own chunk. */
function expectRendered(): void {
  for (const [i, { images }] of buffers.entries()) {
    const row = Array.from({ length: 8 }, (_, column) => images[column * 3]);
    expect(row).toEqual([...chunks.chunks[i]!.image.subarray(0, 8)]);
  }
}

const clear = (): void => {
  for (const { images } of buffers) images.fill(Number.NaN);
};

describe('RenderPool', () => {
  test('rejects with what went wrong in a rendering, and goes on', async () => {
    pool = new RenderPool(2, input);
    const sample = { ...place, chunk: 99 };
    await expect(pool.render({ buffer: 0, samples: [sample] })).rejects.toThrow(
      'Cannot prepare batch: Cannot render a sample of chunk 99: the set has 4 chunks',
    );
    await expect(
      pool.render({ buffer: 0, samples: [{ ...sample, chunk: 0, row: 99 }] }),
    ).rejects.toMatchObject({
      cause: expect.any(RangeError),
    });
    await Promise.all([0, 1, 2, 3].map((i) => pool.render(job(i))));
    expectRendered();
  });

  test.each(['exit', 'throw', 'memory'] as const)(
    'replaces a thread that dies (%s) and has its work done again',
    async (death) => {
      clear();
      const { start, started } = mortal(death, 1);
      pool = new RenderPool(1, input, start);
      await Promise.all([0, 1, 2, 3].map((i) => pool.render(job(i))));
      expect(started).toHaveLength(2);
      expectRendered();
    },
  );

  test('replaces a thread that dies between two batches', async () => {
    clear();
    const { start, started } = mortal('exit', 0);
    pool = new RenderPool(1, input, start);
    await Promise.all([0, 1].map((i) => pool.render(job(i))));
    await started[0]!.terminate();
    await Promise.all([2, 3].map((i) => pool.render(job(i))));
    expect(started).toHaveLength(2);
    expectRendered();
  });

  test.each([
    ['exit', 'it ended with code 3'],
    ['memory', 'Worker terminated due to reaching memory limit: JS heap out of memory'],
  ] as const)(
    'gives a batch up that three threads died over (%s), and does the others',
    async (death, why) => {
      clear();
      const { start, started } = mortal(death, 3);
      pool = new RenderPool(1, input, start);
      const all = await Promise.allSettled([0, 1, 2, 3].map((i) => pool.render(job(i))));
      expect(all.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled', 'fulfilled']);
      const { reason } = all[0] as PromiseRejectedResult;
      expect(reason.message).toContain(
        'Cannot prepare batch: 3 worker threads ended over it, the last because: ',
      );
      expect(reason.message).toContain(why);
      expect(started).toHaveLength(4);
      await pool.render(job(0));
      expectRendered();
    },
  );

  test('rejects everything where no thread can run', async () => {
    // Without its input the thread dies as it starts.
    pool = new RenderPool(1, undefined as never);
    for (const result of await Promise.allSettled([pool.render(job(0)), pool.render(job(1))])) {
      expect(result).toMatchObject({ status: 'rejected', reason: { cause: expect.any(TypeError) } });
      expect((result as PromiseRejectedResult).reason.message).toContain('3 worker threads ended over it');
    }
  });

  test('rejects everything where no thread can be started', async () => {
    pool = new RenderPool(2, input, () => {
      throw new Error('no threads left');
    });
    const all = await Promise.allSettled([0, 1, 2].map((i) => pool.render(job(i))));
    for (const result of all) {
      const message =
        'Cannot prepare batch: 3 worker threads ended over it, the last because: no threads left';
      expect(result).toMatchObject({ status: 'rejected', reason: { message } });
    }
  });

  test('rejects what is under way when it is closed, and what comes after', async () => {
    const { start, started } = mortal('exit', 0);
    pool = new RenderPool(2, input, start);
    const under = [0, 1, 2].map((i) => pool.render(job(i)));
    const closing = pool.close(closed);
    for (const one of under) await expect(one).rejects.toBe(closed);
    await closing;
    await expect(pool.render(job(0))).rejects.toBe(closed);
    // An ended thread has no number.
    expect(started.map(({ threadId }) => threadId)).toEqual([-1, -1]);
  });
});
