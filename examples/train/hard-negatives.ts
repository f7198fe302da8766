import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { World } from '@lunet/io';
import { type Luna16Scan, replaceFile } from '@lunet/io/node';
import type { Batch, Chunk, ChunkSet } from '@lunet/patches';
import { collectNegativesAt, type Loader } from '@lunet/patches/node';
import { type BatchPlace, mineFalsePositives } from '@lunet/train';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { ProgressLine } from '../terminal/progress-line.ts';

/** What batches with hard negatives are made from. */
export interface HardNegativeOptions {
  readonly model: LayersModel;
  /** The training scans; undefined where they are not at hand: nothing is mined then. */
  readonly scans: readonly Luna16Scan[] | undefined;
  readonly chunks: ChunkSet;
  /** Slices that are searched before each epoch but the first; 0: never. */
  readonly slices: number;
  /** Folder that keeps what was found before each epoch, for a run that is resumed: the model has moved on since. */
  readonly folder: string;
  readonly loaderOf: (chunks: ChunkSet) => Loader;
  readonly line: ProgressLine;
}

/** A source of batches for `train`. */
export interface BatchSource {
  /** The same in every epoch, mined or not. */
  readonly batchesPerEpoch: number;
  batches(epoch: number, place: BatchPlace): AsyncIterable<Batch>;
  close(): Promise<void>;
}

/**
 * Batches whose negatives are, from the second epoch on, one half places where the model as it stands saw nodules that
 * are not there.
 */
export function batchesWithHardNegatives(options: HardNegativeOptions): BatchSource {
  const { model, scans, chunks, slices, folder, loaderOf, line } = options;
  const hard: Chunk[] = [];
  let mined = 0;
  let loader = loaderOf(chunks);

  /** What was found before an epoch, or is now, if the epoch has not begun. */
  const centersOf = async (
    epoch: number,
    canMine: boolean,
    signal: AbortSignal | undefined,
  ): Promise<Centers> => {
    const file = join(folder, `epoch-${String(epoch).padStart(3, '0')}.json`);
    const known = await readCenters(file);
    if (known) return known;
    if (!canMine) throw new Error(`Cannot resume: ${file} is missing, which says what was trained on`);
    const centers = await mineFalsePositives(model, scans!, {
      slices,
      round: epoch,
      signal,
      onSlice: ({ slice, slices: of }) => line.show(`mining      slice ${slice}/${of}`),
    });
    await mkdir(dirname(file), { recursive: true });
    await replaceFile(file, (temporary) => writeFile(temporary, JSON.stringify([...centers])));
    return centers;
  };

  return {
    batchesPerEpoch: loader.batchesPerEpoch,
    async *batches(epoch, { from, signal }) {
      if (slices > 0 && scans && mined < epoch) {
        while (mined < epoch) {
          const centers = await centersOf(mined + 1, mined + 1 === epoch && from === 0, signal);
          hard.push(...(await collectNegativesAt(scans, centers, { signal })));
          mined++;
        }
        await loader.close();
        loader = loaderOf({ size: chunks.size, chunks: withHardNegatives(chunks.chunks, hard) });
        line.print(`mined       ${hard.length} false positives so far, to train on as well`);
      }
      yield* loader.epoch(epoch, { from, signal });
    },
    close: () => loader.close(),
  };
}

type Centers = ReadonlyMap<string, readonly World[]>;

async function readCenters(file: string): Promise<Centers | undefined> {
  try {
    return new Map(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`Cannot resume: ${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

/** Nodules, the hard negatives, and as many of the other negatives, evenly picked. */
function withHardNegatives(chunks: ChunkSet['chunks'], hard: readonly Chunk[]): ChunkSet['chunks'] {
  const nodules = chunks.filter(({ kind }) => kind === 'nodule');
  const others = chunks.filter(({ kind }) => kind === 'negative');
  const every = Math.max(1, others.length / Math.max(1, hard.length));
  const picked = others.filter((_, i) => Math.floor(i / every) !== Math.floor((i - 1) / every));
  return [...nodules, ...hard, ...picked];
}
