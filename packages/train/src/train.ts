import type { ScanScores } from '@lunet/evaluate';
import { type PixelCounts, scoresOf } from '@lunet/losses';
import type { Batch } from '@lunet/patches';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { constantRate, type LearningRate } from './learning-rate.ts';
import type { RunFolder } from './run-folder.ts';
import { createTrainStep, type Loss } from './train-step.ts';
import type { Validation } from './validate-scans.ts';
import { isFiniteSnapshot, restoreWeights, snapshotWeights, type WeightSnapshot } from './weight-snapshot.ts';

/** What is trained, on what, and for how long. */
export interface TrainOptions {
  readonly model: LayersModel;
  /** The batches of an epoch; epochs count from 0. Every batch is released after its step. */
  readonly batches: (epoch: number, signal: AbortSignal | undefined) => AsyncIterable<Batch>;
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
  readonly onEvent?: (event: TrainEvent) => void;
  readonly signal?: AbortSignal | undefined;
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
  readonly steps: number;
  readonly best: { readonly step: number; readonly validation: Validation } | undefined;
  /** Median over the steps; waiting for batches included, validation not. */
  readonly stepMilliseconds: number;
  readonly seconds: number;
}

/** Adam's constants as the reference has them; TensorFlow.js would take an epsilon of its own. */
const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;

/**
 * Trains a model with Adam, validates it on a cadence and keeps the weights with the best recall-first score.
 *
 * A loss, gradient or weight that is not finite ends training; the model then holds the best weights so far, or those of the
 * last good validation or start. A strictly better score is needed to replace the best, unless that is 0. The number of
 * tensors stays the same from the second step on.
 *
 * An abort ends training with the weights so far as `latest`; so does a failure, which is then thrown: of the batches, the
 * loss, the validation or the disk.
 *
 * @throws {RangeError} if a count among the options is not a whole number from 1, or an epoch has no batches.
 */
export async function train(options: TrainOptions): Promise<TrainResult> {
  const { model, epochs, maxSteps = Number.POSITIVE_INFINITY, learningRate = constantRate(1e-3) } = options;
  const { validate, validateEvery = 1, patience = Number.POSITIVE_INFINITY, run, onEvent, signal } = options;
  for (const [name, value] of Object.entries({ epochs, maxSteps, validateEvery, patience })) {
    const isUnlimited = value === Number.POSITIVE_INFINITY && name !== 'epochs';
    if (!isUnlimited && !(Number.isInteger(value) && value >= 1)) {
      throw new RangeError(`Cannot train: ${name} is ${value}; give a whole number from 1`);
    }
  }

  const optimizer = tf.train.adam(learningRate(0), ADAM.beta1, ADAM.beta2, ADAM.epsilon);
  const trainStep = createTrainStep(model, options.loss, optimizer);
  const started = performance.now();
  const durations: number[] = [];
  let steps = 0;
  let stop: StopReason = 'completed';
  let good = { step: 0, weights: await snapshotWeights(model) };
  let best: { step: number; validation: Validation; weights: WeightSnapshot } | undefined;
  let sinceBest = 0;

  const check = async (epoch: number): Promise<void> => {
    const weights = await snapshotWeights(model);
    if (!isFiniteSnapshot(weights)) {
      stop = 'not-a-number';
      return;
    }
    good = { step: steps, weights };
    if (validate) {
      onEvent?.({ kind: 'validating', step: steps, epoch });
      const validation = await validate(signal);
      const improved = best === undefined || validation.score > best.validation.score;
      // While nothing has scored, the later weights are the better ones.
      const better = improved || best?.validation.score === 0;
      if (better) best = { step: steps, validation, weights };
      sinceBest = improved ? 0 : sinceBest + 1;
      const { scores, score, noduleScores, overlays } = validation;
      await run?.log('validation', steps, { ...loggedScores(scores), ...noduleScores, score }, { epoch });
      await run?.overlays(steps, overlays);
      if (better) await run?.checkpoint('best', model, { step: String(steps), score: String(score) });
      onEvent?.({ kind: 'validation', step: steps, epoch, validation, best: better });
      if (sinceBest >= patience && stop === 'completed') stop = 'no-improvement';
    }
    await run?.checkpoint('latest', model, { step: String(steps) });
  };

  try {
    for (let epoch = 0; epoch < epochs && stop === 'completed'; epoch++) {
      const stepsBefore = steps;
      let stepStarted = performance.now();
      for await (const batch of options.batches(epoch, signal)) {
        signal?.throwIfAborted();
        // tfjs keeps Adam's rate in a protected field and has no setter for it.
        (optimizer as unknown as { learningRate: number }).learningRate = learningRate(steps);
        const patches = batch.size;
        const { loss, gradientNorm, counts } = await trainStep(batch).finally(() => batch.release());
        steps++;
        const milliseconds = performance.now() - stepStarted;
        stepStarted = performance.now();
        durations.push(milliseconds);
        onEvent?.({ kind: 'step', step: steps, epoch, loss, counts, patches, milliseconds });
        const { recall, precision } = scoresOf(counts);
        await run?.log('train', steps, {
          loss,
          gradientNorm,
          recall,
          precision,
          milliseconds,
          learningRate: learningRate(steps - 1),
        });
        if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm)) stop = 'not-a-number';
        else if (steps >= maxSteps) stop = 'max-steps';
        if (stop !== 'completed') break;
      }
      // A batch source may end quietly when told to stop.
      signal?.throwIfAborted();
      if (steps === stepsBefore) throw new RangeError(`Cannot train: epoch ${epoch + 1} has no batches`);
      const last = epoch === epochs - 1 || stop === 'max-steps';
      if (stop !== 'not-a-number' && (last || (epoch + 1) % validateEvery === 0)) await check(epoch);
    }
  } catch (error) {
    const saved = run?.checkpoint('latest', model, { step: String(steps) });
    if (!isAbort(error, signal)) {
      // The weights so far are kept where that is possible; why training failed is what is told.
      await saved?.catch(() => {});
      throw error;
    }
    await saved;
    stop = 'aborted';
  } finally {
    optimizer.dispose();
  }

  if (stop === 'not-a-number') {
    restoreWeights(model, good.weights);
    await run?.checkpoint('latest', model, { step: String(good.step) });
  }
  if (best) restoreWeights(model, best.weights);
  return {
    stop,
    steps,
    best: best && { step: best.step, validation: best.validation },
    stepMilliseconds: median(durations),
    seconds: (performance.now() - started) / 1000,
  };
}

/** Whether an error is what an abort throws; a failure at the same time is not. */
function isAbort(error: unknown, signal: AbortSignal | undefined): boolean {
  if (!signal?.aborted) return false;
  return error === signal.reason || (error instanceof Error && error.name === 'AbortError');
}

/** The scores that were taken: with a slice stride no nodules are counted. */
function loggedScores({ recall, precision, dice, ...counted }: ScanScores): Record<string, number> {
  return { recall, precision, dice, ...(counted.nodules > 0 ? counted : {}) };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
