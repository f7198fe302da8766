import type { Luna16Scan } from '@lunet/io/node';
import { concurrently } from '../concurrently.ts';
import type { Chunk, ChunkSet } from './chunk.ts';
import { collectScan, resolveSettings, type ScanSettings } from './collect-scan.ts';

/** How chunks are collected. */
export interface CollectOptions extends ScanSettings {
  /** Scans that are read at once; a compressed one is in memory whole meanwhile. */
  readonly concurrency?: number;
  readonly onProgress?: (progress: CollectProgress) => void;
  readonly signal?: AbortSignal | undefined;
}

/** How far collecting has come. */
export interface CollectProgress {
  readonly scansDone: number;
  readonly scans: number;
  readonly chunks: number;
}

/** Chunks, and what could not be made into one. */
export interface CollectedChunks extends ChunkSet<Chunk> {
  readonly problems: readonly CollectProblem[];
}

/** A nodule or negatives that a scan did not yield. */
export interface CollectProblem {
  readonly seriesUid: string;
  readonly message: string;
}

/**
 * Collects what training reads, and no more: one chunk for each nodule, and negatives.
 *
 * Reads only those boxes of the scans and keeps them in shared memory as int16: some 0.3 MB for a nodule of 8 mm, 0.14 MB
 * for a negative. Negatives are drawn from all scans, also elsewhere on a nodule's own: from the candidates that are no
 * nodules, in the lung and in other tissue, never inside a nodule or an excluded finding. Which ones are drawn from a
 * scan depends on the settings and the scan alone. `prepareStore` writes the same chunks to disk.
 *
 * @returns chunks in the order of the scans, nodules first in each.
 * @throws {RangeError} if an option is out of range.
 * @throws {Error} with `cause` if a scan cannot be read.
 * @example
 * ```ts
 * const { scans } = await openLuna16('/data/luna16');
 * const chunks = await collectChunks(scans, { seed: 1, negativesPerScan: 24 });
 * ```
 */
export async function collectChunks(
  scans: readonly Luna16Scan[],
  { concurrency = 4, onProgress, signal, ...given }: CollectOptions,
): Promise<CollectedChunks> {
  const settings = resolveSettings(given);
  let scansDone = 0;
  let count = 0;
  const collected = await concurrently(scans, concurrency, async (scan) => {
    signal?.throwIfAborted();
    const { chunks, problems } = await collectScan(scan, settings, signal);
    count += chunks.length;
    onProgress?.({ scansDone: ++scansDone, scans: scans.length, chunks: count });
    const { seriesUid } = scan;
    return { chunks, problems: problems.map((message) => ({ seriesUid, message })) };
  });
  return {
    size: settings.chunk,
    chunks: collected.flatMap(({ chunks }) => chunks.map(({ chunk }) => chunk)),
    problems: collected.flatMap(({ problems }) => problems),
  };
}
