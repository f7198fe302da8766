import { afterEach, describe, expect, test } from 'vitest';
import { allocateBatch } from '../src/batch.ts';
import { RenderPool } from '../src/render-pool.ts';
import { makeSet } from './make-chunk.ts';

const chunks = makeSet(2, 0);
const crop = { rows: 8, columns: 8 };
const buffers = [allocateBatch(1, crop, 3)];
const sample = { chunk: 0, slice: 0, row: 0, column: 0 };

let pool: RenderPool;
afterEach(() => pool.close());

describe('RenderPool', () => {
  test('rejects with what went wrong in a worker, and goes on', async () => {
    pool = new RenderPool(2, { chunks, crop, buffers });
    await expect(pool.render(0, [{ ...sample, chunk: 99 }])).rejects.toThrow(
      'Cannot prepare batch: Cannot render a sample of chunk 99: the set has 2 chunks',
    );
    await expect(pool.render(0, [{ ...sample, row: 99 }])).rejects.toMatchObject({
      cause: expect.any(RangeError),
    });
    await pool.render(0, [sample]);
    expect(buffers[0]!.images[0]).toBe(chunks.chunks[0]!.image[0]);
  });

  test('rejects everything when a thread cannot run', async () => {
    // Without its input the thread dies as it starts.
    pool = new RenderPool(1, undefined as never);
    const first = pool.render(0, [sample]);
    const second = pool.render(0, [sample]);
    for (const job of [first, second]) {
      await expect(job).rejects.toMatchObject({
        message: 'Cannot prepare batch: a worker failed',
        cause: expect.any(TypeError),
      });
    }
    await expect(pool.render(0, [sample])).rejects.toThrow('a worker failed');
  });

  test('rejects what is under way when it is closed, and what comes after', async () => {
    pool = new RenderPool(1, { chunks, crop, buffers });
    const under = pool.render(0, [sample]);
    const closing = pool.close();
    await expect(under).rejects.toThrow('Cannot prepare batch: the loader is closed');
    await closing;
    await expect(pool.render(0, [sample])).rejects.toThrow('Cannot prepare batch: the loader is closed');
  });
});
