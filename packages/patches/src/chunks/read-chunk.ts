import type { Luna16Scan } from '@lunet/io/node';
import { buildChunk } from './build-chunk.ts';
import type { Chunk, ChunkSize } from './chunk.ts';
import { type ChunkBox, insideVolume } from './chunk-box.ts';
import type { ScanReader } from './scan-reader.ts';

/** Which chunk of a scan to read. */
export interface ChunkPlace {
  readonly kind: Chunk['kind'];
  readonly centerWorld: Chunk['centerWorld'];
  readonly box: ChunkBox;
  readonly size: ChunkSize;
}

/** Reads the voxels of one chunk, no more of the scan than it needs, and labels every nodule in view. */
export async function readChunk(
  { seriesUid, nodules }: Luna16Scan,
  reader: ScanReader,
  { kind, centerWorld, box, size }: ChunkPlace,
  signal: AbortSignal | undefined,
): Promise<Chunk> {
  const { geometry } = reader;
  const part = await reader.read(insideVolume(geometry, box, size), signal);
  return buildChunk(geometry, part, nodules, { seriesUid, kind, centerWorld }, box, size);
}
