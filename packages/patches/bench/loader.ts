// How many crops a second the loader gives with nobody training meanwhile, beside PyTorch's DataLoader (loader.py) on
// the same chunks, with the same crops and augmentation.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import {
  type Augmentation,
  type Batch,
  type Chunk,
  defaultChunkSize,
  defaultCropSize,
  referenceAugmentation,
} from '@lunet/patches';
import { createLoader } from '@lunet/patches/node';
import { findPython, median, type Row } from '@lunet/testing/bench';
import { disc, makeChunk } from '../test/make-chunk.ts';

const rounds = 5;
const seconds = 2;
const batchSize = 16;
const cases: readonly { name: string; augmentation: Augmentation; numWorkers: number; goal?: string }[] = [
  { name: 'full augmentation, 2 workers', augmentation: referenceAugmentation, numWorkers: 2, goal: '≥ 3x' },
  { name: 'plain crops, 2 workers', augmentation: {}, numWorkers: 2 },
];

/** Reads batches for some seconds; returns crops per second. */
type Round = () => Promise<number>;

export async function rows(): Promise<Row[]> {
  // 64 nodules of 10 slices each, 24 MB: more than a core's cache holds.
  const chunks = Array.from({ length: 64 }, (_, k) =>
    makeChunk(
      defaultChunkSize,
      10,
      (s, r, c) => ((s * 7 + r * 13 + c * 31 + k) % 2001) - 1000,
      disc(defaultChunkSize, 12),
    ),
  );
  const python = findPython(['numpy', 'torch']);
  const folder = await mkdtemp(join(tmpdir(), 'lunet-loader-'));
  try {
    const all: Row[] = [];
    for (const { name, augmentation, numWorkers, goal } of cases) {
      const [ours, theirs]: [number[], number[]] = [[], []];
      const loader = createLoader(
        { size: defaultChunkSize, chunks },
        { batchSize, seed: 1, numWorkers, augmentation, samplesPerNodule: 20_000 },
      );
      const augmented = augmentation.noise !== undefined;
      const rival =
        python === undefined ? undefined : await startRival(python, folder, chunks, augmented, numWorkers);
      try {
        const round = readRounds(loader.epoch(0));
        await round();
        // In turn, so that a busy moment of the machine meets both alike.
        for (let i = 0; i < rounds; i++) {
          ours.push(await round());
          if (rival) theirs.push(await rival.round());
        }
      } finally {
        await loader.close();
        await rival?.close();
      }
      all.push({
        work: `loader, batch ${batchSize}: ${name}`,
        ours: median(ours),
        rival: rival ? median(theirs) : undefined,
        rivalName: rival ? `DataLoader, PyTorch ${rival.version}` : 'DataLoader',
        unit: 'crops/s',
        ...(goal && { goal }),
      });
    }
    return all;
  } finally {
    await rm(folder, { recursive: true });
  }
}

function readRounds(batches: AsyncIterableIterator<Batch>): Round {
  return async () => {
    const start = performance.now();
    let crops = 0;
    let now = start;
    for (; now < start + seconds * 1000; now = performance.now()) {
      const { done, value } = await batches.next();
      if (done) throw new Error('Cannot measure: the epoch ended first');
      crops += value.size;
      value.release();
    }
    return (crops * 1000) / (now - start);
  };
}

interface Rival {
  readonly version: string;
  readonly round: Round;
  close(): Promise<void>;
}

async function startRival(
  python: string,
  folder: string,
  chunks: readonly Chunk[],
  augmented: boolean,
  numWorkers: number,
): Promise<Rival> {
  const { slices, rows, columns } = defaultChunkSize;
  const [plan, images, labels] = ['plan.json', 'images', 'labels'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  await writeFile(images, Buffer.concat(chunks.map(({ image }) => Buffer.from(image.buffer))));
  await writeFile(labels, Buffer.concat(chunks.map(({ label }) => Buffer.from(label.buffer))));
  const chunk = [slices, rows, columns];
  const crop = defaultCropSize.rows;
  await writeFile(plan, JSON.stringify({ chunk, crop, chunks: chunks.length, images, labels, augmented }));
  const script = fileURLToPath(new URL('loader.py', import.meta.url));
  const child = spawn(python, [script, plan, `${batchSize}`, `${numWorkers}`, `${seconds}`], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const read = async (): Promise<Record<string, unknown>> => {
    const { done, value } = await lines.next();
    if (done) throw new Error('Cannot measure the DataLoader: loader.py ended');
    return JSON.parse(value);
  };
  const { version } = await read();
  return {
    version: version as string,
    round: async () => {
      child.stdin.write('go\n');
      return (await read()).cropsPerSecond as number;
    },
    close: async () => {
      child.stdin.end();
      await exit;
    },
  };
}
