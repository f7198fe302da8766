import { copyFile, mkdtemp, open, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sortDicomSeries } from './dicom-series.ts';
import { readSeriesWithItk, readWithItk } from './itk.ts';
import { type OpenMetaImageOptions, openMetaImage } from './open-metaimage.ts';
import { toVoxels, type Volume, type VoxelArray } from './volume.ts';

/** Options of {@link readVolume}. */
export interface ReadVolumeOptions extends OpenMetaImageOptions {
  /** Which series of a DICOM folder that holds several. */
  readonly seriesUid?: string;
  readonly signal?: AbortSignal;
}

const readers: { pattern: RegExp; read: (file: string, options: ReadVolumeOptions) => Promise<Volume> }[] = [
  { pattern: /\.mh[ad]$/i, read: readMetaImage },
  { pattern: /\.nrrd$/i, read: readNrrd },
  { pattern: /\.nii$/i, read: (file) => readWithItk(file) },
  { pattern: /\.nii\.gz$/i, read: readCompressedNifti },
];

/**
 * Reads a whole volume: `.mha`, `.mhd`, `.nrrd`, `.nii`, `.nii.gz`, or the folder of a DICOM series.
 *
 * All but MetaImage need the optional peers `itk-wasm`, `@itk-wasm/image-io` and `@itk-wasm/dicom`. A DICOM series is
 * sorted by position and rescaled to HU, as int16 where every value fits.
 *
 * @throws {TypeError} if the format is not one of these.
 * @throws {Error} if the peers are not installed, or the file cannot be read; see {@link openMetaImage} for its errors.
 * @example
 * ```ts
 * const { geometry, voxels } = await readVolume('scans/ct.nii.gz');
 * ```
 */
export async function readVolume(file: string, options: ReadVolumeOptions = {}): Promise<Volume> {
  options.signal?.throwIfAborted();
  const stats = await stat(file).catch((cause: Error) => {
    throw new Error(`Cannot open ${file}: ${cause.message}`, { cause });
  });
  if (stats.isDirectory()) return readDicomSeries(file, options);
  if (!stats.isFile()) throw new TypeError(`Cannot open ${file}: not a regular file`);
  const reader = readers.find(({ pattern }) => pattern.test(file));
  if (!reader) {
    throw new TypeError(
      `Cannot read ${file}: expected .mha, .mhd, .nrrd, .nii, .nii.gz or the folder of a DICOM series`,
    );
  }
  return reader.read(file, options);
}

async function readMetaImage(file: string, options: ReadVolumeOptions): Promise<Volume> {
  const metaImage = await openMetaImage(file, options);
  try {
    return await metaImage.readVolume(options);
  } finally {
    await metaImage.close();
  }
}

/** NRRD headers may name data files anywhere; only voxels in the same file are read. */
async function readNrrd(file: string): Promise<Volume> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(1 << 16), position: 0 });
    const header = buffer.toString('latin1', 0, bytesRead).split(/\r?\n\r?\n/, 1)[0]!;
    const dataFile = /^data ?file:\s*(.*)$/im.exec(header)?.[1];
    if (dataFile !== undefined) {
      throw new SyntaxError(
        `Cannot read ${file}: its voxels are in ${JSON.stringify(dataFile)}, expected them in the file`,
      );
    }
  } finally {
    await handle.close();
  }
  return readWithItk(file);
}

/** ITK takes the voxels of `a.nii.gz` from an `a.nii` beside it, if there is one: then a copy is read. */
async function readCompressedNifti(file: string): Promise<Volume> {
  const names = await readdir(path.dirname(file));
  const twin = path.basename(file).slice(0, -'.gz'.length).toLowerCase();
  if (!names.some((name) => name.toLowerCase() === twin)) return readWithItk(file);
  const folder = await mkdtemp(path.join(tmpdir(), 'lunet-'));
  try {
    const copy = path.join(folder, 'volume.nii.gz');
    await copyFile(file, copy);
    return await readWithItk(copy);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function readDicomSeries(folder: string, { seriesUid, signal }: ReadVolumeOptions): Promise<Volume> {
  const paths = await sortDicomSeries(folder, { seriesUid, signal });
  const { geometry, voxels } = await readSeriesWithItk(paths, folder);
  return { geometry, voxels: toVoxels(toInt16(voxels.data), voxels.shape) };
}

/** itk-wasm rescales to int32 or float64; HU that int16 holds exactly come as int16. */
function toInt16(data: VoxelArray): VoxelArray {
  const narrow = new Int16Array(data.length);
  for (let i = 0; i < data.length; i++) {
    narrow[i] = Number(data[i]);
    if (narrow[i] !== data[i]) return data;
  }
  return narrow;
}
