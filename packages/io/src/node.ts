export {
  MetaImageFile,
  type OpenMetaImageOptions,
  openMetaImage,
  type ReadOptions,
  readMetaImageHeader,
} from './open-metaimage.ts';
export { type WriteMetaImageOptions, writeMetaImage } from './write-metaimage.ts';
