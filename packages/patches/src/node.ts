export {
  type CollectedChunks,
  type CollectOptions,
  type CollectProblem,
  type CollectProgress,
  collectChunks,
} from './collect-chunks.ts';
export { collectNegativesAt } from './collect-negatives-at.ts';
export { createLoader, type Loader } from './create-loader.ts';
export type { LoaderOptions } from './loader-options.ts';
export type { NegativeSource } from './negative-centers.ts';
