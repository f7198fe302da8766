import { type FileHandle, open, stat } from 'node:fs/promises';
import { decodeVoxels } from './decode-voxels.ts';
import type { ElementType } from './element-type.ts';
import { type Box, boxGeometry, type Geometry } from './geometry.ts';
import { Inflater } from './inflater.ts';
import { locateData } from './locate-data.ts';
import { checkDataSize, dataRange } from './metaimage-data.ts';
import { maxHeaderBytes } from './metaimage-fields.ts';
import { type MetaImageHeader, parseMetaImageHeader, voxelBytes } from './metaimage-header.ts';
import { type FileRange, readAt } from './read-range.ts';
import { inflateRuns, type Runs, readRuns, runsOf } from './read-runs.ts';
import type { Volume } from './volume.ts';

/** Options of {@link openMetaImage}. */
export interface OpenMetaImageOptions {
  /** Read voxels from outside the header's folder too: an absolute path, `..`, a link that leads elsewhere. */
  readonly allowExternalData?: boolean;
}

/** Options of the reads of a {@link MetaImageFile}. */
export interface ReadOptions {
  readonly signal?: AbortSignal;
}

/**
 * An open MetaImage: its header is read and checked against the data file, its voxels are read on request.
 *
 * Uncompressed voxels are read by position, only the bytes asked for. Compressed ones are inflated up to the last byte
 * asked for: a read goes on where the one before it ended, or, if it begins earlier, from the start of the stream. So
 * slabs in rising order cost no more than the whole; in any other order read one large slab rather than many small ones.
 */
export class MetaImageFile implements AsyncDisposable {
  readonly path: string;
  readonly header: MetaImageHeader;
  readonly #range: FileRange;
  /** Where the last read of a compressed volume ended. */
  #inflater: Inflater | undefined;
  #closed = false;

  /** Use {@link openMetaImage}. */
  constructor(path: string, header: MetaImageHeader, range: FileRange) {
    this.path = path;
    this.header = header;
    this.#range = range;
  }

  /** The file that holds the voxels: `path` itself or, links followed, the one that the header names. */
  get dataPath(): string {
    return this.#range.name;
  }

  get geometry(): Geometry {
    return this.header.geometry;
  }

  get elementType(): ElementType {
    return this.header.elementType;
  }

  /** Components per voxel. */
  get channels(): number {
    return this.header.channels;
  }

  /** Reads every slice. */
  readVolume(options?: ReadOptions): Promise<Volume> {
    return this.readBox({ start: [0, 0, 0], size: this.geometry.size }, options);
  }

  /**
   * Reads `count` slices from slice `start` on.
   *
   * @returns A volume of the slab's own geometry: its origin is the first of its slices'.
   * @throws {RangeError} if the slab is not inside the volume.
   */
  readSlab(start: number, count: number, options?: ReadOptions): Promise<Volume> {
    const { size } = this.geometry;
    return this.readBox({ start: [0, 0, start], size: [size[0], size[1], count] }, options);
  }

  /**
   * Reads a box of voxels, x y z.
   *
   * @returns A volume of the box's own geometry.
   * @throws {RangeError} if the box is not inside the volume, or the file has been cut since it was opened.
   * @throws {SyntaxError} if the voxels do not inflate.
   */
  async readBox(box: Box, { signal }: ReadOptions = {}): Promise<Volume> {
    const geometry = boxGeometry(this.geometry, box);
    signal?.throwIfAborted();
    const runs = runsOf(this.geometry.size, box, voxelBytes(this.header));
    const target = new Uint8Array(runs.count * runs.length);
    if (this.header.compressed) await this.#inflate(runs, target, signal);
    else await readRuns(this.#range, runs, target, signal);
    return decodeVoxels(target.buffer, geometry, this.header);
  }

  /** Closes the file; reading it afterwards fails. */
  close(): Promise<void> {
    this.#closed = true;
    this.#inflater?.close();
    return this.#range.handle.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #inflate(runs: Runs, target: Uint8Array, signal: AbortSignal | undefined): Promise<void> {
    // One read has it at a time; another one meanwhile begins anew.
    let inflater = this.#inflater;
    this.#inflater = undefined;
    if (!inflater || inflater.position > runs.startOf(0)) {
      inflater?.close();
      inflater = new Inflater(this.#range);
    }
    try {
      await inflateRuns(inflater, runs, target, { name: this.#range.name, signal });
    } catch (error) {
      inflater.close();
      throw error;
    }
    this.#keep(inflater);
  }

  #keep(inflater: Inflater): void {
    this.#inflater?.close();
    this.#inflater = inflater;
    if (this.#closed) inflater.close();
  }
}

/**
 * Opens a `.mhd` or `.mha` file without reading its voxels.
 *
 * @throws {SyntaxError} if the header is malformed or asks for what is not supported.
 * @throws {RangeError} if the data file lies outside the header's folder, or is shorter than the header declares.
 * @throws {Error} with `cause` if a file is not there or cannot be read.
 * @example
 * ```ts
 * await using file = await openMetaImage('subset0/1.3.6.mhd');
 * const slab = await file.readSlab(100, 7); // voxels of shape [7, 512, 512]
 * ```
 */
export async function openMetaImage(
  path: string,
  { allowExternalData = false }: OpenMetaImageOptions = {},
): Promise<MetaImageFile> {
  const header = await readMetaImageHeader(path);
  const dataPath =
    header.dataFile === 'LOCAL' ? path : await locateData(path, header.dataFile, { allowExternalData });
  const handle = await openFile(dataPath);
  try {
    const { size } = await handle.stat();
    checkDataSize(header, size, path);
    return new MetaImageFile(path, header, { handle, name: dataPath, ...dataRange(header, size) });
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/**
 * Reads the header of a `.mhd` or `.mha` file alone; the data file need not be there.
 *
 * @throws {SyntaxError} if the header is malformed or asks for what is not supported.
 * @throws {Error} with `cause` if the file is not there or cannot be read.
 */
export async function readMetaImageHeader(path: string): Promise<MetaImageHeader> {
  const handle = await openFile(path);
  try {
    const { size } = await handle.stat();
    // A header is some 400 bytes; the second read is for those with a long patient record.
    let bytes = new Uint8Array(Math.min(size, 4096));
    await readAt({ handle, name: path }, 0, bytes);
    if (bytes.length < size && !/elementdatafile[^\n]*\n/i.test(new TextDecoder('latin1').decode(bytes))) {
      bytes = new Uint8Array(Math.min(size, maxHeaderBytes));
      await readAt({ handle, name: path }, 0, bytes);
    }
    return parseMetaImageHeader(bytes, path);
  } finally {
    await handle.close();
  }
}

/** Opens regular files only: to open a pipe or a device can block for ever. */
async function openFile(path: string): Promise<FileHandle> {
  try {
    const stats = await stat(path);
    if (!stats.isFile()) throw new TypeError('not a regular file');
    return await open(path);
  } catch (cause) {
    throw new Error(`Cannot open ${path}: ${(cause as Error).message}`, { cause });
  }
}
