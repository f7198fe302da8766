import type { World } from '@lunet/io';
import type { Luna16Scan } from '@lunet/io/node';
import { assertChunkSize, type Chunk, type ChunkSize, defaultChunkSize } from './chunk.ts';
import { negativeBox } from './chunk-box.ts';
import { readChunk } from './read-chunk.ts';
import { openScan } from './scan-reader.ts';

/**
 * Collects negatives at given places, such as those where a model sees nodules that are not there.
 *
 * @param centers for each series UID the centres, in mm; scans without any are not opened.
 * @returns a chunk for each centre, in the order of the scans; nodules that are in view are labelled.
 * @throws {Error} with `cause` if a scan cannot be read.
 * @example
 * ```ts
 * const hard = await collectNegativesAt(scans, await mineFalsePositives(model, scans));
 * createLoader({ size, chunks: [...chunks, ...hard] }, { batchSize: 16, seed: 1 });
 * ```
 */
export async function collectNegativesAt(
  scans: readonly Luna16Scan[],
  centers: ReadonlyMap<string, readonly World[]>,
  {
    chunk: size = defaultChunkSize,
    signal,
  }: { readonly chunk?: ChunkSize; readonly signal?: AbortSignal | undefined } = {},
): Promise<Chunk[]> {
  assertChunkSize(size);
  const chunks: Chunk[] = [];
  for (const scan of scans) {
    const places = centers.get(scan.seriesUid) ?? [];
    if (places.length === 0) continue;
    signal?.throwIfAborted();
    try {
      await using reader = await openScan(scan.path, scan);
      for (const centerWorld of places) {
        const box = negativeBox(reader.geometry, centerWorld, size);
        chunks.push(await readChunk(scan, reader, { kind: 'negative', centerWorld, box, size }, signal));
      }
    } catch (cause) {
      signal?.throwIfAborted();
      throw new Error(`Cannot collect chunks of ${scan.seriesUid}: ${(cause as Error).message}`, { cause });
    }
  }
  return chunks;
}
