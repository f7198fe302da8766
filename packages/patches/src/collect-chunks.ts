import type { Luna16Scan } from '@lunet/io/node';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { assertChunkSize, type Chunk, type ChunkSet, type ChunkSize, defaultChunkSize } from './chunk.ts';
import { type ChunkBox, negativeBox, noduleBox } from './chunk-box.ts';
import { generatorFor } from './generator.ts';
import {
  drawCandidates,
  drawLungCenters,
  drawTissueCenters,
  type NegativeSource,
} from './negative-centers.ts';
import { readChunk } from './read-chunk.ts';
import { openScan, type ScanReader } from './scan-reader.ts';

/** How chunks are collected. */
export interface CollectOptions {
  /** Safe integer that the choice of negatives follows from. */
  readonly seed: number;
  /** Negatives to collect for each nodule, spread over all scans. */
  readonly negativesPerPositive?: number;
  /**
   * Where negatives lie, in turn; by default at candidates, in the lung, and in what is not air. Where a scan has
   * too few candidates the lung stands in.
   */
  readonly negativeSources?: readonly NegativeSource[];
  /** 7×96×96 by default. */
  readonly chunk?: ChunkSize;
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
export interface CollectedChunks extends ChunkSet {
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
 * Reads only those boxes of the scans and keeps them in shared memory as int16: some 0.3 MB for a nodule of 8 mm.
 * Negatives are drawn from all scans, also elsewhere on a nodule's own: from the candidates that are no nodules, in the
 * lung and in other tissue, never inside a nodule or an excluded finding. Which ones are drawn from a scan depends on the
 * seed and the scan alone.
 *
 * @returns chunks in the order of the scans, nodules first in each.
 * @throws {RangeError} if an option is out of range.
 * @throws {Error} with `cause` if a scan cannot be read.
 * @example
 * ```ts
 * const { scans } = await openLuna16('/data/luna16');
 * const chunks = await collectChunks(scans, { seed: 1, negativesPerPositive: 2 });
 * ```
 */
export async function collectChunks(
  scans: readonly Luna16Scan[],
  {
    seed,
    negativesPerPositive = 1,
    negativeSources = ['candidates', 'lung', 'tissue'],
    chunk: size = defaultChunkSize,
    onProgress,
    signal,
  }: CollectOptions,
): Promise<CollectedChunks> {
  assertChunkSize(size);
  if (!(Number.isFinite(negativesPerPositive) && negativesPerPositive >= 0)) {
    throw new RangeError(
      `Cannot collect chunks: negativesPerPositive is ${negativesPerPositive}, expected 0 or more`,
    );
  }
  if (negativeSources.length === 0) throw new RangeError('Cannot collect chunks: negativeSources is empty');
  const nodules = scans.reduce((count, scan) => count + scan.nodules.length, 0);
  const shares = shareOut(Math.round(nodules * negativesPerPositive), scans.length, seed);
  const chunks: Chunk[] = [];
  const problems: CollectProblem[] = [];
  for (const [i, scan] of scans.entries()) {
    signal?.throwIfAborted();
    const negatives = shares[i]!;
    if (scan.nodules.length + negatives > 0) {
      const collector = { scan, size, seed, negativeSources, chunks, problems, signal };
      try {
        await using reader = await openScan(scan.path, scan);
        await collectNodules(collector, reader);
        await collectNegatives(collector, reader, negatives);
      } catch (cause) {
        signal?.throwIfAborted();
        throw new Error(`Cannot collect chunks of ${scan.seriesUid}: ${(cause as Error).message}`, { cause });
      }
    }
    onProgress?.({ scansDone: i + 1, scans: scans.length, chunks: chunks.length });
  }
  return { size, chunks, problems };
}

interface Collector {
  readonly scan: Luna16Scan;
  readonly size: ChunkSize;
  readonly seed: number;
  readonly negativeSources: readonly NegativeSource[];
  readonly chunks: Chunk[];
  readonly problems: CollectProblem[];
  readonly signal: AbortSignal | undefined;
}

async function collectNodules(collector: Collector, reader: ScanReader): Promise<void> {
  const { scan, size, problems } = collector;
  for (const nodule of scan.nodules) {
    const box = noduleBox(reader.geometry, nodule, size);
    if (box) await collect(collector, reader, 'nodule', nodule.centerWorld, box);
    else {
      const message = `Cannot cut chunk: nodule at (${nodule.centerWorld.join(', ')}) lies outside the volume`;
      problems.push({ seriesUid: scan.seriesUid, message });
    }
  }
}

async function collectNegatives(collector: Collector, reader: ScanReader, count: number): Promise<void> {
  const { scan, size, seed, negativeSources, problems, signal } = collector;
  const { geometry } = reader;
  const generator = generatorFor(seed, ...Buffer.from(scan.seriesUid));
  const wanted = { candidates: 0, lung: 0, tissue: 0 };
  // Each scan begins elsewhere in the list, else scans with few negatives would all draw from its first source.
  const first = uniformInt(generator, 0, negativeSources.length - 1);
  for (let i = 0; i < count; i++) wanted[negativeSources[(first + i) % negativeSources.length]!]++;
  const centers = drawCandidates(scan, geometry, wanted.candidates, generator);
  const inLung = wanted.lung + wanted.candidates - centers.length;
  centers.push(...(await drawLungCenters(scan, reader, inLung, generator, signal)));
  centers.push(...(await drawTissueCenters(scan, reader, wanted.tissue, generator, signal)));
  for (const center of centers) {
    await collect(collector, reader, 'negative', center, negativeBox(geometry, center, size));
  }
  if (centers.length < count) {
    const message = `Cannot draw ${count} negatives: room for only ${centers.length} was found`;
    problems.push({ seriesUid: scan.seriesUid, message });
  }
}

async function collect(
  { scan, size, chunks, signal }: Collector,
  reader: ScanReader,
  kind: Chunk['kind'],
  centerWorld: Chunk['centerWorld'],
  box: ChunkBox,
): Promise<void> {
  chunks.push(await readChunk(scan, reader, { kind, centerWorld, box, size }, signal));
}

/** Spreads a total over scans evenly; which of them give one more is drawn. */
function shareOut(total: number, scans: number, seed: number): number[] {
  const shares = new Array<number>(scans).fill(Math.floor(total / Math.max(1, scans)));
  const order = shares.map((_, i) => i);
  const generator = generatorFor(seed);
  for (let i = 0; i < total - shares[0]! * scans; i++) {
    const j = uniformInt(generator, i, scans - 1);
    const scan = order[j]!;
    order[j] = order[i]!;
    shares[scan]!++;
  }
  return shares;
}
