import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Chunk, ChunkSet, ChunkSize } from '../chunks/chunk.ts';
import type { ScanSettings } from '../chunks/collect-scan.ts';
import { maxNpyHeaderBytes, parseNpyHeader } from './npy.ts';
import { readStoredChunk } from './read-stored.ts';
import { parseIndex } from './store-index.ts';
import { parseManifest, type StoredScan } from './store-manifest.ts';
import type { StoredChunk, StoreFiles } from './stored-chunk.ts';

/**
 * An open chunk store: the chunks are told, their voxels stay on disk until a loader renders a sample of them.
 *
 * Loaders read the files through this store, so close it after them.
 */
export class ChunkStore implements ChunkSet<StoredChunk>, AsyncDisposable {
  readonly folder: string;
  /** Which chunks the scans gave. */
  readonly settings: Required<ScanSettings>;
  /** The LUNA16 folder that it was prepared from, if that was told; it need not be there any more. */
  readonly source: string | undefined;
  /** All that were to be prepared, those that could not be read too. */
  readonly scans: readonly StoredScan[];
  readonly chunks: readonly StoredChunk[];
  readonly size: ChunkSize;
  readonly #files: StoreFiles;
  #closed = false;

  /** Use {@link openStore}. */
  constructor(
    files: StoreFiles,
    { settings, source, scans }: Pick<ChunkStore, 'settings' | 'source' | 'scans'>,
    chunks: readonly StoredChunk[],
  ) {
    this.folder = files.folder;
    this.settings = settings;
    this.source = source;
    this.scans = scans;
    this.chunks = chunks;
    this.size = settings.chunk;
    this.#files = files;
  }

  /**
   * Reads all the voxels of one of its chunks.
   *
   * @throws {RangeError} if the files have been cut, or hold what no store does.
   */
  read(chunk: StoredChunk): Chunk {
    return readStoredChunk(chunk, this.size);
  }

  /** Closes the files; reading a chunk afterwards fails. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    closeSync(this.#files.images);
    closeSync(this.#files.labels);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/**
 * Opens a chunk store that `prepareStore` wrote.
 *
 * Reads the index, some 150 bytes a chunk, and no voxels; sizes are checked against the files before memory is taken. The
 * set to train on is any choice of its chunks.
 *
 * @throws {Error} with `cause` if there is no store, or one that is still being prepared.
 * @throws {SyntaxError} if a file is malformed or of another version.
 * @throws {RangeError} if the index and the files' sizes disagree.
 * @example
 * ```ts
 * await using store = await openStore('data/store');
 * const training = { size: store.size, chunks: store.chunks.filter(({ fold }) => fold !== 0) };
 * const loader = createLoader(training, { batchSize: 16, seed: 1, numWorkers: 2 });
 * ```
 */
export async function openStore(folder: string): Promise<ChunkStore> {
  const manifest = path.join(folder, 'store.json');
  const text = await readFile(manifest, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    const why =
      cause.code === 'ENOENT' ? 'it has no store.json; prepare it first, or to the end' : cause.message;
    throw new Error(`Cannot open chunk store ${folder}: ${why}`, { cause });
  });
  const { settings, source, scans } = parseManifest(text, manifest);
  const indexName = path.join(folder, 'index.csv');
  const index = parseIndex(await readFile(indexName, 'utf8'), indexName, settings.chunk);
  const known = new Set(
    scans.filter(({ failure }) => failure === undefined).map(({ seriesUid }) => seriesUid),
  );
  const stray = index.rows.find(({ seriesUid }) => !known.has(seriesUid));
  if (stray) {
    throw new SyntaxError(
      `Cannot read ${indexName}: it has chunks of scan ${stray.seriesUid.slice(0, 80)}, of which ${manifest} does not know`,
    );
  }
  const { rows, columns } = settings.chunk;
  const images = openNpy(path.join(folder, 'images.npy'), '<i2', 2, [index.imageSlices, rows, columns]);
  let files: StoreFiles;
  try {
    const labels = openNpy(path.join(folder, 'labels.npy'), '|u1', 1, [index.labelSlices, rows, columns]);
    files = {
      folder,
      images: images.file,
      imagesStart: images.start,
      labels: labels.file,
      labelsStart: labels.start,
    };
  } catch (error) {
    closeSync(images.file);
    throw error;
  }
  const sourcePath = source === undefined ? undefined : path.resolve(folder, source);
  return new ChunkStore(
    files,
    { settings, source: sourcePath, scans },
    index.rows.map((row) => ({ ...row, files })),
  );
}

/**
 * Opens a file that must be an array of this type and shape, all of it; gives where the data begins.
 *
 * The descriptor is a bare one: a FileHandle would be closed when it is no longer referred to, though threads still read.
 */
function openNpy(
  name: string,
  descr: string,
  itemBytes: number,
  shape: readonly number[],
): { readonly file: number; readonly start: number } {
  const file = openSync(name, 'r');
  try {
    const { size } = fstatSync(file);
    const bytes = new Uint8Array(Math.min(size, maxNpyHeaderBytes));
    const header = parseNpyHeader(bytes.subarray(0, readSync(file, bytes, 0, bytes.length, 0)), name);
    if (header.descr !== descr || header.shape.join() !== shape.join()) {
      throw new RangeError(
        `Cannot read ${name}: it is ${header.descr} of shape ${header.shape.join('x')}, ` +
          `the store's index says ${descr} of ${shape.join('x')}`,
      );
    }
    const expected = shape.reduce((product, count) => product * count, itemBytes) + header.length;
    if (size !== expected) {
      throw new RangeError(
        `Cannot read ${name}: it has ${size} bytes, its header declares ${expected}; ` +
          'the store is damaged: delete it and prepare it again',
      );
    }
    return { file, start: header.length };
  } catch (error) {
    closeSync(file);
    throw error;
  }
}
