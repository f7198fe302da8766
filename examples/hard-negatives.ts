import type { Luna16Scan } from '@lunet/io/node';
import type { Batch, Chunk, ChunkSet } from '@lunet/patches';
import { collectNegativesAt, type Loader } from '@lunet/patches/node';
import { mineFalsePositives } from '@lunet/train';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { ProgressLine } from './progress-line.ts';

/** What batches with hard negatives are made from. */
export interface HardNegativeOptions {
  readonly model: LayersModel;
  /** The training scans; undefined where they are not at hand: nothing is mined then. */
  readonly scans: readonly Luna16Scan[] | undefined;
  readonly chunks: ChunkSet;
  /** Slices that are searched before each epoch but the first; 0: never. */
  readonly slices: number;
  readonly loaderOf: (chunks: ChunkSet) => Loader;
  readonly line: ProgressLine;
}

/** A source of batches for `train`. */
export interface BatchSource {
  /** The same in every epoch, mined or not. */
  readonly batchesPerEpoch: number;
  batches(epoch: number, signal: AbortSignal | undefined): AsyncIterable<Batch>;
  close(): Promise<void>;
}

/**
 * Batches whose negatives are, from the second epoch on, one half places where the model as it stands saw nodules that
 * are not there.
 */
export function batchesWithHardNegatives(options: HardNegativeOptions): BatchSource {
  const { model, scans, chunks, slices, loaderOf, line } = options;
  const hard: Chunk[] = [];
  let loader = loaderOf(chunks);
  return {
    batchesPerEpoch: loader.batchesPerEpoch,
    async *batches(epoch, signal) {
      if (epoch > 0 && slices > 0 && scans) {
        const centers = await mineFalsePositives(model, scans, {
          slices,
          round: epoch,
          signal,
          onSlice: ({ slice, slices: of }) => line.show(`mining      slice ${slice}/${of}`),
        });
        hard.push(...(await collectNegativesAt(scans, centers, { chunk: chunks.size, signal })));
        await loader.close();
        loader = loaderOf({ size: chunks.size, chunks: withHardNegatives(chunks.chunks, hard) });
        line.print(`mined       ${hard.length} false positives so far, to train on as well`);
      }
      yield* loader.epoch(epoch, { signal });
    },
    close: () => loader.close(),
  };
}

/** Nodules, the hard negatives, and as many of the other negatives, evenly picked. */
function withHardNegatives(chunks: ChunkSet['chunks'], hard: readonly Chunk[]): ChunkSet['chunks'] {
  const nodules = chunks.filter(({ kind }) => kind === 'nodule');
  const others = chunks.filter(({ kind }) => kind === 'negative');
  const every = Math.max(1, others.length / Math.max(1, hard.length));
  const picked = others.filter((_, i) => Math.floor(i / every) !== Math.floor((i - 1) / every));
  return [...nodules, ...hard, ...picked];
}
