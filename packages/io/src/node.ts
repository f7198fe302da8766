export {
  type Luna16,
  type Luna16Problem,
  type Luna16Scan,
  type OpenLuna16Options,
  openLuna16,
} from './open-luna16.ts';
export {
  MetaImageFile,
  type OpenMetaImageOptions,
  openMetaImage,
  type ReadOptions,
  readMetaImageHeader,
} from './open-metaimage.ts';
export { type ReadVolumeOptions, readVolume } from './read-volume.ts';
export { replaceFile } from './replace-file.ts';
export { type Split, splitByFold, splitByStride } from './split-scans.ts';
export { type WriteVolumeOptions, writeVolume } from './write-volume.ts';
