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
export { type Split, splitByFold, splitByStride } from './split-scans.ts';
export { writeAtomically } from './write-atomically.ts';
export { type WriteMetaImageOptions, writeMetaImage } from './write-metaimage.ts';
