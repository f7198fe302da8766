export {
  type CollectedChunks,
  type CollectOptions,
  type CollectProblem,
  type CollectProgress,
  collectChunks,
} from './collect-chunks.ts';
export { collectNegativesAt } from './collect-negatives-at.ts';
export type { ScanSettings } from './collect-scan.ts';
export { createLoader, type Loader } from './create-loader.ts';
export type { LoaderOptions } from './loader-options.ts';
export type { NegativeSource } from './negative-centers.ts';
export { ChunkStore, openStore } from './open-store.ts';
export {
  type PrepareOptions,
  type PrepareProgress,
  type PrepareResult,
  prepareStore,
} from './prepare-store.ts';
export type { StoredScan } from './store-manifest.ts';
