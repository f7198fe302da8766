// How much memory training on a chunk store takes beyond the engine's own: two processes train the same model for the
// same steps (memory-child.ts), one on a store with workers, augmentation and a run folder, one on a single batch.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { openLuna16 } from '@lunet/io/node';
import { prepareStore } from '@lunet/patches/node';
import { writePhantomDataset } from '@lunet/phantom/node';
import { median, type Row } from '@lunet/testing/bench';

const rounds = 3;

export async function rows(): Promise<Row[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'lunet-bench-'));
  try {
    const [root, store] = [path.join(folder, 'scans'), path.join(folder, 'store')];
    await writePhantomDataset(root, { scans: 4, slices: 40, seed: 1, numWorkers: 2 });
    const { scans } = await openLuna16(root);
    // Enough that a loader which holds them all would show.
    const prepared = await prepareStore(scans, store, { seed: 1, negativesPerScan: 300 });
    const [onStore, alone]: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds; round++) {
      onStore.push(await peakMegabytes([store, path.join(folder, `run-${round}`)]));
      alone.push(await peakMegabytes([]));
    }
    const [ours, engine] = [median(onStore), median(alone)];
    return [
      {
        work: 'peak memory of training on a store, batch 16, 2 workers',
        ours,
        rival: engine,
        rivalName: 'the same steps on one batch',
        unit: 'MB',
        goal: '< 400 MB more',
        note: `${(ours - engine).toFixed(0)} MB more; the store has ${prepared.nodules + prepared.negatives} chunks, ${(prepared.bytes / 1e6).toFixed(0)} MB`,
      },
    ];
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function peakMegabytes(args: readonly string[]): Promise<number> {
  const child = fileURLToPath(new URL('memory-child.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [...process.execArgv, child, ...args]);
  return JSON.parse(stdout).peakMegabytes as number;
}
