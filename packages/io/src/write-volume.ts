import { writeWithItk } from './itk.ts';
import { replaceFile } from './replace-file.ts';
import type { Volume } from './volume.ts';
import { writeMetaImage } from './write-metaimage.ts';

/** Options of {@link writeVolume}. */
export interface WriteVolumeOptions {
  /** Compress the voxels; `.nii.gz` always is, `.nii` never. A compressed `.mhd` has a `.zraw` beside it. */
  readonly compress?: boolean;
}

/**
 * Writes a volume in the format that the extension names: `.mha`, `.mhd`, `.nrrd`, `.nii` or `.nii.gz`.
 *
 * The file comes into being whole: it is written under a temporary name in the same folder, flushed and renamed. NRRD
 * and NIfTI need the optional peers `itk-wasm` and `@itk-wasm/image-io`.
 *
 * @throws {TypeError} if the extension is not one of these, or the voxels' shape is not the geometry's size.
 * @throws {Error} with `cause` if the file cannot be written.
 * @example
 * ```ts
 * await writeVolume('mask.mhd', volume, { compress: true }); // mask.mhd and mask.zraw
 * ```
 */
export async function writeVolume(
  path: string,
  volume: Volume,
  { compress = false }: WriteVolumeOptions = {},
): Promise<void> {
  if (/\.mh[ad]$/i.test(path)) return writeMetaImage(path, volume, { compress });
  if (!/\.(nrrd|nii|nii\.gz)$/i.test(path)) {
    throw new TypeError(`Cannot write ${path}: expected .mha, .mhd, .nrrd, .nii or .nii.gz`);
  }
  await replaceFile(path, (temporary) => writeWithItk(temporary, volume, compress));
}
