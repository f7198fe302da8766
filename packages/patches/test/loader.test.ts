import { createHash } from 'node:crypto';
import type { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { type Batch, cropAt, referenceAugmentation } from '../src/index.ts';
import { createLoader, type Loader, type LoaderOptions } from '../src/node.ts';
import { makeChunk, makeSet } from './make-chunk.ts';

const set = makeSet(9, 6);
const options: LoaderOptions = {
  batchSize: 4,
  seed: 11,
  crop: { rows: 16, columns: 12 },
  augmentation: referenceAugmentation,
};

const open: Loader[] = [];
const load = (more: Partial<LoaderOptions> = {}, chunks = set): Loader => {
  const loader = createLoader(chunks, { ...options, ...more });
  open.push(loader);
  return loader;
};

afterEach(async () => {
  await Promise.all(open.splice(0).map((loader) => loader.close()));
});

/** Hashes each batch of some epochs: its arrays' bytes and what was drawn. */
async function digests(
  loader: Loader,
  epochs: readonly number[],
  { from = 0, onBatch }: { from?: number; onBatch?: (index: number) => void } = {},
): Promise<string[]> {
  const hashes: string[] = [];
  for (const epoch of epochs) {
    for await (const { images, labels, samples, size, release } of loader.epoch(epoch, { from })) {
      const hash = createHash('sha256').update(images).update(labels);
      hashes.push(hash.update(JSON.stringify({ samples, size })).digest('hex'));
      release();
      onBatch?.(hashes.length - 1);
    }
  }
  return hashes;
}

/** The threads that this process starts from now on. */
function watchThreads(): Worker[] {
  const threads: Worker[] = [];
  const add = (worker: Worker): void => void threads.push(worker);
  process.on('worker', add);
  onTestFinished(() => void process.off('worker', add));
  return threads;
}

/** How many of them run; an ended thread has no number. */
const running = (threads: readonly Worker[]): number =>
  threads.filter(({ threadId }) => threadId !== -1).length;

describe('createLoader', () => {
  test('gives the same bytes for 0, 1, 4 and 8 workers', async () => {
    const inline = await digests(load(), [0, 1]);
    expect(inline).toHaveLength(8);
    expect(new Set(inline).size).toBe(8);
    expect(await digests(load({ numWorkers: 1 }), [0, 1])).toEqual(inline);
    expect(await digests(load({ numWorkers: 4, prefetch: 3 }), [0, 1])).toEqual(inline);
    expect(await digests(load({ numWorkers: 8 }), [0, 1])).toEqual(inline);
  });

  test('gives the same bytes while its threads are killed', async () => {
    const more = { samplesPerNodule: 8, batchSize: 5 };
    const whole = await digests(load(more), [0]);
    const threads = watchThreads();
    const kill = (index: number): void => {
      if (index % 6 === 0) void threads[index / 6]!.terminate();
    };
    expect(await digests(load({ ...more, numWorkers: 2 }), [0], { onBatch: kill })).toEqual(whole);
    expect(whole).toHaveLength(24);
    // Two at first, and one for each of the killed.
    expect(threads).toHaveLength(6);
    expect(running(threads)).toBe(2);
  });

  test('gives an epoch the same bytes whichever was read before, and another seed others', async () => {
    const loader = load({ numWorkers: 2 });
    const third = await digests(loader, [3]);
    await digests(loader, [0]);
    expect(await digests(loader, [3])).toEqual(third);
    expect(await digests(load({ seed: 12 }), [3])).not.toEqual(third);
  });

  test('goes on within an epoch where it is told to, with the same bytes', async () => {
    const whole = await digests(load(), [2]);
    for (const from of [0, 1, 3, whole.length]) {
      expect(await digests(load({ numWorkers: from % 2 }), [2], { from })).toEqual(whole.slice(from));
    }
    for (const from of [-1, 0.5, whole.length + 1]) {
      await expect(digests(load(), [2], { from })).rejects.toThrow(
        new RangeError(`Cannot read epoch 2 from batch ${from}: expected a whole number from 0 to 4`),
      );
    }
  });

  test('gives plain crops of the chunks without augmentation', async () => {
    for await (const batch of load({ augmentation: {}, numWorkers: 1 }).epoch(0)) {
      batch.samples.forEach(({ chunk, ...place }, i) => {
        const crop = cropAt(set.chunks[chunk]!, set.size, { ...place, rows: 16, columns: 12 });
        expect(batch.images.subarray(i * 576, (i + 1) * 576)).toEqual(crop.image);
        expect(batch.labels.subarray(i * 192, (i + 1) * 192)).toEqual(crop.label);
      });
      batch.release();
    }
  });

  test('keeps the last, smaller batch or drops it', async () => {
    const sizes = async (loader: Loader): Promise<number[]> => {
      const found: number[] = [];
      for await (const batch of loader.epoch(0)) {
        expect(batch.images).toHaveLength(batch.size * 16 * 12 * 3);
        expect(batch.labels).toHaveLength(batch.size * 16 * 12);
        expect(batch).toMatchObject({ height: 16, width: 12, channels: 3 });
        found.push(batch.size);
        batch.release();
      }
      return found;
    };
    const keeping = load();
    expect(await sizes(keeping)).toEqual([4, 4, 4, 3]);
    expect(keeping).toMatchObject({ batchesPerEpoch: 4, samplesPerEpoch: 15 });
    const dropping = load({ dropLast: true });
    expect(await sizes(dropping)).toEqual([4, 4, 4]);
    expect(dropping).toMatchObject({ batchesPerEpoch: 3, samplesPerEpoch: 12 });
  });

  test('draws negatives by the ratio asked for, by default as many as there are', async () => {
    expect(load().samplesPerEpoch).toBe(15);
    expect(load({ negativesPerPositive: 2 }).samplesPerEpoch).toBe(27);
    expect(load({ negativesPerPositive: 0, samplesPerNodule: 3 }).samplesPerEpoch).toBe(27);
  });

  test('allocates its batches once: one in use, those ahead, one for each worker', async () => {
    for (const numWorkers of [0, 2]) {
      const loader = load({ numWorkers, prefetch: 2, samplesPerNodule: 10 });
      const memory = new Set<ArrayBufferLike>();
      for (const epoch of [0, 1]) {
        for await (const batch of loader.epoch(epoch)) {
          memory.add(batch.images.buffer);
          batch.release();
        }
      }
      expect(memory.size).toBeLessThanOrEqual(3 + numWorkers);
    }
  });

  test('leaves a batch alone until it is released', async () => {
    const loader = load({ numWorkers: 2, samplesPerNodule: 10 });
    const iterator = loader.epoch(0);
    const held = (await iterator.next()).value as Batch;
    const copy = held.images.slice();
    for (let i = 0; i < 10; i++) ((await iterator.next()).value as Batch).release();
    expect(held.images).toEqual(copy);
    held.release();
    held.release();
    const others = [];
    for await (const batch of iterator) {
      expect(others).not.toContain(batch.images.buffer);
      others.push(batch.images.buffer);
      if (others.length === 3) break;
    }
  });

  test('takes a batch back once, however often and late it is released', async () => {
    const loader = load({ numWorkers: 1, prefetch: 0 });
    const whole = await digests(loader, [0]);
    const iterator = loader.epoch(0);
    const first = (await iterator.next()).value as Batch;
    first.release();
    first.release();
    const second = (await iterator.next()).value as Batch;
    first.release();
    const third = (await iterator.next()).value as Batch;
    expect(third.images.buffer).not.toBe(second.images.buffer);
    // Two buffers in all, both held.
    await expect(iterator.next()).rejects.toThrow('all 2 buffers are held');
    second.release();
    third.release();
    expect(await digests(loader, [0])).toEqual(whole);
  });

  test('leaves batches in hand readable when it is closed', async () => {
    const loader = load({ numWorkers: 2 });
    const held = (await loader.epoch(0).next()).value as Batch;
    const copy = held.images.slice();
    await loader.close();
    expect(held.images).toEqual(copy);
    held.release();
    held.release();
    await expect(loader.epoch(0).next()).rejects.toThrow('the loader is closed');
  });

  test('ends its threads when it is closed while they work', async () => {
    const threads = watchThreads();
    const loader = load({ numWorkers: 3, samplesPerNodule: 20 });
    const iterator = loader.epoch(0);
    const first = iterator.next();
    const closing = loader.close();
    await expect(first).rejects.toThrow('Cannot prepare batch: the loader is closed');
    await closing;
    expect(threads).toHaveLength(3);
    expect(running(threads)).toBe(0);
  });

  test('says so when every batch is held instead of waiting for ever', async () => {
    const read = async (numWorkers: number): Promise<void> => {
      for await (const _ of load({ numWorkers }).epoch(7));
    };
    await expect(read(0)).rejects.toThrow(
      'Cannot prepare batch 2 of epoch 7: all 2 buffers are held; release() a batch',
    );
    await expect(read(1)).rejects.toThrow('all 3 buffers are held');
  });

  test('can be broken off and read again', async () => {
    const loader = load({ numWorkers: 2 });
    const whole = await digests(loader, [1]);
    for (let i = 0; i < 5; i++) {
      for await (const batch of loader.epoch(0)) {
        batch.release();
        break;
      }
    }
    expect(await digests(loader, [1])).toEqual(whole);
  });

  test.each([0, 2])('stops at an abort, before and between batches, with %i workers', async (numWorkers) => {
    const threads = watchThreads();
    const loader = load({ numWorkers });
    const whole = await digests(loader, [0]);
    expect(running(threads)).toBe(numWorkers);
    const reason = new Error('enough');
    const early = loader.epoch(0, { signal: AbortSignal.abort(reason) });
    await expect(early.next()).rejects.toBe(reason);
    expect(running(threads)).toBe(0);
    const controller = new AbortController();
    const iterator = loader.epoch(0, { signal: controller.signal });
    ((await iterator.next()).value as Batch).release();
    controller.abort(reason);
    await expect(iterator.next()).rejects.toBe(reason);
    expect(running(threads)).toBe(0);
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    expect(await digests(loader, [0])).toEqual(whole);
  });

  test('stops at an abort while a batch is prepared, and leaves no thread', async () => {
    const threads = watchThreads();
    const controller = new AbortController();
    const iterator = load({ numWorkers: 2 }).epoch(0, { signal: controller.signal });
    const first = iterator.next();
    controller.abort(new Error('while waiting'));
    await expect(first).rejects.toThrow('while waiting');
    expect(threads).toHaveLength(2);
    expect(running(threads)).toBe(0);
  });

  test('reads one epoch at a time, and none once closed', async () => {
    const loader = load({ numWorkers: 1 });
    const iterator = loader.epoch(0);
    await iterator.next();
    await expect(loader.epoch(1).next()).rejects.toThrow('Cannot read epoch 1: epoch 0 is still being read');
    await loader.close();
    await loader.close();
    await expect(iterator.next()).rejects.toThrow('the loader is closed');
    await expect(loader.epoch(1).next()).rejects.toThrow('Cannot read epoch 1: the loader is closed');
    await expect(loader.epoch(-1).next()).rejects.toThrow(RangeError);
  });

  test('throws on options that do not fit the chunks', () => {
    expect(() => load({ crop: { rows: 64, columns: 64 } })).toThrow(
      new RangeError('Cannot crop 64x64: the chunks are 24x20'),
    );
    expect(() => load({ cropStart: { rows: [0, 9], columns: [0, 8] } })).toThrow(
      'cropStart.rows is [0, 9], expected whole pixels within [0, 8]',
    );
    expect(() => load({ batchSize: 0 })).toThrow('batchSize is 0, expected a whole number from 1');
    expect(() => load({ numWorkers: -1 })).toThrow(RangeError);
    expect(() => load({ prefetch: 0.5 })).toThrow(RangeError);
    expect(() => load({ seed: Number.NaN })).toThrow(RangeError);
    expect(() => load({ augmentation: { scale: 1 } })).toThrow('scale 1: expected 0 or more, less than 1');
    expect(() => load({ augmentation: { noise: -1 } })).toThrow(RangeError);
    expect(() => load({ negativesPerPositive: 1 }, makeSet(2, 0))).toThrow(/no chunk is a negative/);
    const other = { ...makeChunk({ slices: 3, rows: 4, columns: 4 }, 1, () => 0), seriesUid: '9.9' };
    expect(() => load({}, { ...set, chunks: [...set.chunks, other] })).toThrow(
      'Cannot load chunk 15 of 9.9: 48 voxels and 16 labels do not make 1 label slices of 3x24x20',
    );
  });
});
