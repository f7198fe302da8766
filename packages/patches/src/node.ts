export {
  type CollectedChunks,
  type CollectOptions,
  type CollectProblem,
  type CollectProgress,
  collectChunks,
} from './chunks/collect-chunks.ts';
export { collectNegativesAt } from './chunks/collect-negatives-at.ts';
export type { ScanSettings } from './chunks/collect-scan.ts';
export type { NegativeSource } from './chunks/negative-centers.ts';
export { createLoader, type Loader } from './loader/create-loader.ts';
export type { LoaderOptions } from './loader/loader-options.ts';
export { ChunkStore, openStore } from './store/open-store.ts';
export {
  type PrepareOptions,
  type PrepareProgress,
  type PrepareResult,
  prepareStore,
} from './store/prepare-store.ts';
export type { StoredScan } from './store/store-manifest.ts';
