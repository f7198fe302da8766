import type { Started } from '../engine.ts';

/** What the process that tries an engine tells, in this order; each once. */
export type TrialMessage =
  | ({ readonly stage: 'started' } & Started)
  | { readonly stage: 'trained' }
  | { readonly stage: 'timed'; readonly stepMilliseconds: number; readonly sliceMilliseconds: number }
  | { readonly stage: 'failed'; readonly reason: string }
  | { readonly stage: 'done' };
