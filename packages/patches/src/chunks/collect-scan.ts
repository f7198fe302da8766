import type { Luna16Scan } from '@lunet/io/node';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { generatorFor } from '../generator.ts';
import { assertChunkSize, type Chunk, type ChunkSize, defaultChunkSize } from './chunk.ts';
import { type ChunkBox, negativeBox, noduleBox } from './chunk-box.ts';
import {
  drawCandidates,
  drawLungCenters,
  drawTissueCenters,
  type NegativeSource,
} from './negative-centers.ts';
import { readChunk } from './read-chunk.ts';
import { openScan, type ScanReader } from './scan-reader.ts';

/** Which chunks a scan gives; together with the scan it decides every byte of them. */
export interface ScanSettings {
  /** Safe integer that the choice of negatives follows from. */
  readonly seed: number;
  /** Negatives to cut from each scan, one without nodules too; 24 by default. */
  readonly negativesPerScan?: number;
  /**
   * Where negatives lie, in turn; by default at candidates, in the lung, and in what is not air. Where a scan has
   * too few candidates the lung stands in.
   */
  readonly negativeSources?: readonly NegativeSource[];
  /** 7×96×96 by default. */
  readonly chunk?: ChunkSize;
}

/** A chunk, and where it was cut. */
interface PlacedChunk {
  readonly chunk: Chunk;
  readonly box: ChunkBox;
  /** Undefined for a negative. */
  readonly diameterMm: number | undefined;
}

/** The chunks of one scan, nodules first, and what it did not yield. */
export interface ScanChunks {
  readonly chunks: readonly PlacedChunk[];
  readonly problems: readonly string[];
}

/**
 * Fills in the defaults.
 *
 * @throws {RangeError} if a setting is out of range.
 */
export function resolveSettings({
  seed,
  negativesPerScan = 24,
  negativeSources = ['candidates', 'lung', 'tissue'],
  chunk = defaultChunkSize,
}: ScanSettings): Required<ScanSettings> {
  assertChunkSize(chunk);
  if (!Number.isSafeInteger(seed)) {
    throw new RangeError(`Cannot collect chunks with seed ${seed}: expected a safe integer`);
  }
  if (!(Number.isSafeInteger(negativesPerScan) && negativesPerScan >= 0)) {
    throw new RangeError(
      `Cannot collect chunks: negativesPerScan is ${negativesPerScan}, expected a whole number from 0`,
    );
  }
  if (negativeSources.length === 0) throw new RangeError('Cannot collect chunks: negativeSources is empty');
  return { seed, negativesPerScan, negativeSources, chunk };
}

/**
 * Collects the chunks of one scan: what is drawn depends on the settings and this scan alone.
 *
 * @throws {Error} with `cause` if the scan cannot be read.
 */
export async function collectScan(
  scan: Luna16Scan,
  settings: Required<ScanSettings>,
  signal?: AbortSignal,
): Promise<ScanChunks> {
  const chunks: PlacedChunk[] = [];
  const problems: string[] = [];
  if (scan.nodules.length + settings.negativesPerScan === 0) return { chunks, problems };
  try {
    await using reader = await openScan(scan.path, scan);
    const { geometry } = reader;
    const size = settings.chunk;
    const collect = async (
      kind: Chunk['kind'],
      center: Chunk['centerWorld'],
      box: ChunkBox,
      diameterMm?: number,
    ) => {
      const chunk = await readChunk(scan, reader, { kind, centerWorld: center, box, size }, signal);
      chunks.push({ chunk, box, diameterMm });
    };
    for (const nodule of scan.nodules) {
      const { centerWorld, diameterMm } = nodule;
      const box = noduleBox(geometry, nodule, size);
      if (box) await collect('nodule', centerWorld, box, diameterMm);
      else problems.push(`Cannot cut chunk: nodule at (${centerWorld.join(', ')}) lies outside the volume`);
    }
    const centers = await drawNegatives(scan, reader, settings, signal);
    for (const center of centers) await collect('negative', center, negativeBox(geometry, center, size));
    if (centers.length < settings.negativesPerScan) {
      problems.push(
        `Cannot draw ${settings.negativesPerScan} negatives: room for only ${centers.length} was found`,
      );
    }
  } catch (cause) {
    signal?.throwIfAborted();
    throw new Error(`Cannot collect chunks of ${scan.seriesUid}: ${(cause as Error).message}`, { cause });
  }
  return { chunks, problems };
}

async function drawNegatives(
  scan: Luna16Scan,
  reader: ScanReader,
  { seed, negativesPerScan, negativeSources }: Required<ScanSettings>,
  signal: AbortSignal | undefined,
): Promise<Chunk['centerWorld'][]> {
  const generator = generatorFor(seed, ...Buffer.from(scan.seriesUid));
  const wanted = { candidates: 0, lung: 0, tissue: 0 };
  // Each scan begins elsewhere in the list, else scans with few negatives would all draw from its first source.
  const first = uniformInt(generator, 0, negativeSources.length - 1);
  for (let i = 0; i < negativesPerScan; i++) {
    wanted[negativeSources[(first + i) % negativeSources.length]!]++;
  }
  const centers = drawCandidates(scan, reader.geometry, wanted.candidates, generator);
  const inLung = wanted.lung + wanted.candidates - centers.length;
  centers.push(...(await drawLungCenters(scan, reader, inLung, generator, signal)));
  centers.push(...(await drawTissueCenters(scan, reader, wanted.tissue, generator, signal)));
  return centers;
}
