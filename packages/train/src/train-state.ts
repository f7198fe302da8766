import type { NamedTensor } from '@lunet/unet';
import type { Validation } from './validate-scans.ts';

/** Tensors by name. */
export type Tensors = ReadonlyMap<string, NamedTensor>;

/** What a validation found, without its pictures. */
export type ScoredValidation = Omit<Validation, 'overlays'>;

/** How far a training is. */
export interface TrainProgress {
  /** Steps that were done. */
  readonly step: number;
  /** The epoch to go on with, from 0. */
  readonly epoch: number;
  /** Batches of that epoch that were trained on. */
  readonly batch: number;
  /** The best model so far; undefined before the first validation. */
  readonly best:
    | { readonly step: number; readonly validation: ScoredValidation; readonly weights: Tensors }
    | undefined;
  /** Validations since the score was last raised. */
  readonly sinceBest: number;
}

/**
 * All that the rest of a training follows from, beside its options: plain data, of which no part is changed later.
 *
 * Random numbers need no state: the batches of an epoch follow from its number (see `createLoader`).
 */
export interface TrainState extends TrainProgress {
  /** By the names that `readWeights` gives them. */
  readonly weights: Tensors;
  /** Adam's moments `m/<weight>` and `v/<weight>`, and `powers`, [β₁ᵗ⁺¹, β₂ᵗ⁺¹]; before the first step the powers alone. */
  readonly optimizer: Tensors;
}

/** Whether weights and optimiser hold neither NaN nor an infinity. */
export function isFiniteState({ weights, optimizer }: TrainState): boolean {
  return [...weights.values(), ...optimizer.values()].every(({ data }) => data.every(Number.isFinite));
}
