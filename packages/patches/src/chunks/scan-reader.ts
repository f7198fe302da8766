import type { Box, Geometry, Volume } from '@lunet/io';
import { type MetaImageFile, type OpenMetaImageOptions, openMetaImage } from '@lunet/io/node';
import type { NumberArray } from '../crop/hounsfield.ts';
import type { VolumePart } from './build-chunk.ts';

/**
 * An open scan from which boxes are read in any order.
 *
 * Compressed voxels inflate from the start at every read, so such a scan is read once, whole, at the first box.
 */
export class ScanReader implements AsyncDisposable {
  readonly #file: MetaImageFile;
  #whole: VolumePart | undefined;

  /** Use {@link openScan}. */
  constructor(file: MetaImageFile) {
    this.#file = file;
  }

  get geometry(): Geometry {
    return this.#file.geometry;
  }

  /** Reads voxels that hold at least the box. */
  async read(box: Box, signal?: AbortSignal): Promise<VolumePart> {
    const options = signal ? { signal } : {};
    if (this.#file.header.compressed) {
      this.#whole ??= {
        volume: (await this.#file.readVolume(options)) as Volume<NumberArray>,
        start: [0, 0, 0],
      };
      return this.#whole;
    }
    return { volume: (await this.#file.readBox(box, options)) as Volume<NumberArray>, start: box.start };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#file.close();
  }
}

/**
 * Opens a scan or a lung mask.
 *
 * @throws {TypeError} if a voxel is not one number of at most 32 bits.
 */
export async function openScan(path: string, options: OpenMetaImageOptions = {}): Promise<ScanReader> {
  const file = await openMetaImage(path, options);
  const { channels, elementType } = file;
  if (channels === 1 && !elementType.endsWith('LONG_LONG')) return new ScanReader(file);
  await file.close();
  throw new TypeError(
    `Cannot read ${path}: its voxels are ${channels} x ${elementType}, expected one number of at most 32 bits`,
  );
}
