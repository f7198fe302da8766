import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Luna16Scan } from '@lunet/io/node';
import type { CollectProblem } from '../chunks/collect-chunks.ts';
import { collectScan, resolveSettings, type ScanSettings } from '../chunks/collect-scan.ts';
import { concurrently } from '../concurrently.ts';
import { assembleStore, finishStore } from './assemble-store.ts';
import { earlierParts } from './earlier-parts.ts';
import { fingerprintScan } from './scan-fingerprint.ts';
import { formatManifest, type StoredScan, type StoreManifest } from './store-manifest.ts';
import { findPart, type StorePart, writePart } from './store-parts.ts';

/** How a store is prepared. */
export interface PrepareOptions extends ScanSettings {
  /** The LUNA16 folder, for who opens the store and wants the scans; noted relative to the store's folder. */
  readonly source?: string;
  /** Scans that are read at once; a compressed one is in memory whole meanwhile. */
  readonly concurrency?: number;
  readonly onProgress?: (progress: PrepareProgress) => void;
  readonly signal?: AbortSignal | undefined;
}

/** How far preparing has come: first the scans are read, then the store is put together. */
export type PrepareProgress =
  | {
      readonly stage: 'reading';
      readonly scansDone: number;
      readonly scans: number;
      /** Scans whose chunks were there from an earlier run. */
      readonly kept: number;
      readonly failed: number;
      readonly chunks: number;
    }
  | { readonly stage: 'writing'; readonly bytesDone: number; readonly bytes: number };

/** What is in a store after it was prepared. */
export interface PrepareResult {
  readonly scans: number;
  /** Scans whose chunks were there from an earlier run. */
  readonly kept: number;
  /** Scans that could not be read; the store has no chunks of them. */
  readonly failed: readonly CollectProblem[];
  /** Nodules and negatives that scans did not yield. */
  readonly problems: readonly CollectProblem[];
  readonly nodules: number;
  readonly negatives: number;
  /** Of images and labels. */
  readonly bytes: number;
}

/**
 * Prepares a chunk store: reads from scans what training reads, once, and writes it in open formats.
 *
 * ```text
 * store.json   the settings; for each scan its geometry, nodules and fingerprint
 * index.csv    for each chunk its scan, fold, kind, centre, and where its slices are
 * images.npy   int16 HU within ±1000, [slices, rows, columns]: the slices of all chunks
 * labels.npy   uint8, 1 inside a nodule, [label slices, rows, columns]
 * ```
 *
 * The chunks are those of `collectChunks` with the same settings, in the same order; the same scans and settings give
 * the same bytes, whatever the concurrency and however often a run was stopped. What a stopped run has read is kept in
 * `parts/` and used by the next; so are the chunks of a finished store whose scans and settings have not changed. Until
 * everything is on disk the store that was there stays as it is. The disk has to hold the chunks twice meanwhile.
 *
 * A scan that cannot be read is left out and reported.
 *
 * @throws {RangeError} if an option is out of range.
 * @throws {Error} with `cause` if no scan can be read, or the folder cannot be written to, such as when the disk is full.
 * @example
 * ```ts
 * const { scans } = await openLuna16('/data/luna16');
 * const { failed } = await prepareStore(scans, '/data/store', { seed: 1, source: '/data/luna16' });
 * await using store = await openStore('/data/store');
 * ```
 */
export async function prepareStore(
  scans: readonly Luna16Scan[],
  folder: string,
  { source, concurrency = 4, onProgress, signal, ...given }: PrepareOptions,
): Promise<PrepareResult> {
  const settings = resolveSettings(given);
  const partsFolder = path.join(folder, 'parts');
  await mkdir(folder, { recursive: true });
  await finishStore(folder);
  const earlier = await earlierParts(folder);
  const counts = { scansDone: 0, scans: scans.length, kept: 0, failed: 0, chunks: 0 };

  const prepare = async (scan: Luna16Scan): Promise<Outcome> => {
    signal?.throwIfAborted();
    const fingerprint = await tryTo(() => fingerprintScan(scan, settings), signal);
    if (fingerprint instanceof Error)
      return { fingerprint: '', part: undefined, failure: fingerprint.message };
    const kept = earlier.parts.get(fingerprint) ?? (await findPart(partsFolder, fingerprint, settings.chunk));
    if (kept) {
      counts.kept++;
      return { fingerprint, part: kept, failure: undefined };
    }
    const read = await tryTo(async () => {
      const chunks = await collectScan(scan, settings, signal);
      if ((await fingerprintScan(scan, settings)) === fingerprint) return chunks;
      throw new Error(`Cannot collect chunks of ${scan.seriesUid}: its files changed while they were read`);
    }, signal);
    if (read instanceof Error) return { fingerprint, part: undefined, failure: read.message };
    await writePart(partsFolder, fingerprint, scan, read, settings.chunk);
    const part = await findPart(partsFolder, fingerprint, settings.chunk);
    if (!part)
      throw new Error(`Cannot write ${partsFolder}: the part of ${scan.seriesUid} does not stay there`);
    return { fingerprint, part, failure: undefined };
  };

  try {
    const outcomes = await concurrently(scans, concurrency, async (scan) => {
      const outcome = await prepare(scan);
      counts.scansDone++;
      if (outcome.failure !== undefined) counts.failed++;
      counts.chunks += outcome.part?.rows.length ?? 0;
      onProgress?.({ stage: 'reading', ...counts });
      return outcome;
    });
    const parts = outcomes.map(({ part }) => part);
    if (parts.every((part) => part === undefined)) {
      throw new Error(`none of the ${scans.length} scans can be read. ${outcomes[0]?.failure ?? ''}`.trim());
    }
    const manifest: StoreManifest = {
      settings,
      source: source === undefined ? undefined : path.relative(folder, source) || '.',
      scans: scans.map((scan, i) => storedScan(scan, outcomes[i]!)),
    };
    // The manifest has the fingerprints of everything: the same one stands for the same chunks.
    if (formatManifest(manifest) !== earlier.manifest) {
      const onBytes = (bytesDone: number, bytes: number) =>
        onProgress?.({ stage: 'writing', bytesDone, bytes });
      await assembleStore(folder, manifest, parts, { onBytes, signal });
    }
    await rm(partsFolder, { recursive: true, force: true });
    return summarise(manifest.scans, parts, counts.kept);
  } catch (cause) {
    signal?.throwIfAborted();
    const { message } = cause as Error;
    const done = counts.scansDone - counts.failed;
    throw new Error(
      `Cannot prepare store ${folder}: ${message}. ` +
        `${done} of ${scans.length} scans are read and kept there; the next run goes on from them`,
      { cause },
    );
  }
}

interface Outcome {
  readonly fingerprint: string;
  readonly part: StorePart | undefined;
  readonly failure: string | undefined;
}

/** A failure to read a scan is a result; an abort is not. */
async function tryTo<T>(work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T | Error> {
  try {
    return await work();
  } catch (error) {
    signal?.throwIfAborted();
    return error as Error;
  }
}

function storedScan(
  { seriesUid, fold, geometry, nodules }: Luna16Scan,
  { fingerprint, part, failure }: Outcome,
): StoredScan {
  const problems = part?.problems ?? [];
  return { seriesUid, fold, geometry, nodules, fingerprint, problems, failure };
}

function summarise(
  scans: readonly StoredScan[],
  parts: readonly (StorePart | undefined)[],
  kept: number,
): PrepareResult {
  const rows = parts.flatMap((part) => part?.rows ?? []);
  const nodules = rows.filter(({ kind }) => kind === 'nodule').length;
  return {
    scans: scans.length,
    kept,
    failed: scans.flatMap(({ seriesUid, failure }) =>
      failure === undefined ? [] : [{ seriesUid, message: failure }],
    ),
    problems: scans.flatMap(({ seriesUid, problems }) => problems.map((message) => ({ seriesUid, message }))),
    nodules,
    negatives: rows.length - nodules,
    bytes: parts.reduce((sum, part) => sum + (part ? part.images.length + part.labels.length : 0), 0),
  };
}
