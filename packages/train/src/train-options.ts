import type { PixelCounts } from '@lunet/losses';
import type { Batch } from '@lunet/patches';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { LearningRate } from './learning-rate.ts';
import type { RunFolder } from './run-folder.ts';
import type { ScoredValidation, TrainState } from './train-state.ts';
import type { Loss } from './train-step.ts';
import type { Validation } from './validate-scans.ts';

/** What is trained, on what, and for how long. */
export interface TrainOptions {
  /** A U-Net of `buildUnet`. */
  readonly model: LayersModel;
  /**
   * The batches of an epoch, in an order that follows from its number, without the first `from` ones; epochs count from 0.
   * Every batch is released after its step.
   */
  readonly batches: (epoch: number, place: BatchPlace) => AsyncIterable<Batch>;
  readonly loss: Loss;
  readonly epochs: number;
  /** Training ends after this many steps, even within an epoch. */
  readonly maxSteps?: number;
  readonly learningRate?: LearningRate;
  /** Validates the model as it stands; without it the last weights are the result. */
  readonly validate?: (signal: AbortSignal | undefined) => Promise<Validation>;
  /** Validate after every n-th epoch; the last one always is. */
  readonly validateEvery?: number;
  /** Stop after this many validations without a strictly better score. */
  readonly patience?: number;
  readonly run?: RunFolder;
  /** Save a checkpoint in the run folder when the last one is so old, beside those at the end of each epoch; 0: every step. */
  readonly checkpointSeconds?: number;
  /** Go on from here, as `RunFolder.resume` gives it; all other options must be those it was begun with. */
  readonly from?: TrainState | undefined;
  readonly onEvent?: (event: TrainEvent) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Where in an epoch to begin, and what stops it. */
export interface BatchPlace {
  /** Batches to leave out: they were trained on before training was resumed. */
  readonly from: number;
  readonly signal: AbortSignal | undefined;
}

/** What happens during training, as it happens. */
export type TrainEvent =
  | {
      readonly kind: 'step';
      /** Steps count from 1. */
      readonly step: number;
      readonly epoch: number;
      readonly loss: number;
      readonly counts: PixelCounts;
      readonly patches: number;
      readonly milliseconds: number;
    }
  | { readonly kind: 'validating'; readonly step: number; readonly epoch: number }
  | {
      readonly kind: 'validation';
      readonly step: number;
      readonly epoch: number;
      readonly validation: Validation;
      readonly best: boolean;
    };

/** Why training ended. */
export type StopReason = 'completed' | 'max-steps' | 'no-improvement' | 'not-a-number' | 'aborted';

/** How training went. The model holds the best weights if there were validations, else the last. */
export interface TrainResult {
  readonly stop: StopReason;
  /** Those before it was resumed included. */
  readonly steps: number;
  readonly best: { readonly step: number; readonly validation: ScoredValidation } | undefined;
  /** Median over the steps since it was resumed; waiting for batches included, validation not. */
  readonly stepMilliseconds: number;
  /** Since it was resumed. */
  readonly seconds: number;
}

/** Checks the counts among the options, of which some may be unlimited. */
export function checkCounts(counts: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(counts)) {
    const isUnlimited = value === Number.POSITIVE_INFINITY && name !== 'epochs';
    if (!isUnlimited && !(Number.isInteger(value) && value >= 1)) {
      throw new RangeError(`Cannot train: ${name} is ${value}; give a whole number from 1`);
    }
  }
}
