import type { ScanScores } from '@lunet/evaluate';
import { scoresOf } from '@lunet/losses';
import type { Batch } from '@lunet/patches';
import { readWeights, writeWeights } from '@lunet/unet';
import { type Adam, createAdam } from './adam.ts';
import { constantRate } from './learning-rate.ts';
import { checkCounts, type StopReason, type TrainOptions, type TrainResult } from './train-options.ts';
import { isFiniteState, type Tensors, type TrainProgress, type TrainState } from './train-state.ts';
import { createTrainStep, type StepResult } from './train-step.ts';

/**
 * Trains a model with Adam, validates it on a cadence and keeps the weights with the best recall-first score.
 *
 * A loss, gradient or weight that is not finite ends training; the model then holds the best weights so far, or those of the
 * last checkpoint, validation or start. A strictly better score is needed to replace the best, unless that is 0. The number
 * of tensors stays the same from the second step on.
 *
 * With a run folder the state is saved every `checkpointSeconds`, before and after each validation, and at an abort, which
 * ends training after the step that is being done; so does a failure of the batches or the validation, which is then thrown.
 * Training that goes on `from` such a state reaches the same weights, to the bit, as one that was never interrupted, where
 * the engine gives the same numbers for the same work: `wasm` does, with any number of threads.
 *
 * @throws {RangeError} if a count among the options is not a whole number from 1, an epoch has no batches, or `from` does
 * not fit the model.
 */
export async function train(options: TrainOptions): Promise<TrainResult> {
  const {
    epochs,
    maxSteps = Number.POSITIVE_INFINITY,
    validateEvery = 1,
    patience = Number.POSITIVE_INFINITY,
  } = options;
  checkCounts({ epochs, maxSteps, validateEvery, patience });
  const adam = createAdam(options.model);
  try {
    return await trainWith(adam, { ...options, maxSteps, validateEvery, patience });
  } finally {
    adam.dispose();
  }
}

async function trainWith(
  adam: Adam,
  options: TrainOptions & Required<Pick<TrainOptions, 'maxSteps' | 'validateEvery' | 'patience'>>,
): Promise<TrainResult> {
  const { model, epochs, maxSteps, learningRate = constantRate(1e-3), validate, patience } = options;
  const { run, checkpointSeconds = 30, from, onEvent, signal } = options;
  const trainStep = createTrainStep(model, options.loss, adam.optimizer);
  const started = performance.now();
  const durations: number[] = [];
  if (from) {
    writeWeights(model, from.weights);
    await adam.write(from.optimizer, from.step);
  }
  let progress = from ? progressOf(from) : noProgress;
  /** Whether model, optimiser and logs are those of `progress`: not within a step, nor after one that failed. */
  let whole = true;

  const capture = async (): Promise<TrainState> => ({
    ...progress,
    weights: copyOf(readWeights(model)),
    optimizer: await adam.read(),
  });
  /** The last state that was known to hold finite numbers only, and the progress that it belongs to. */
  let good: TrainState = from ?? (await capture());
  let goodProgress = progress;
  let savedAt = performance.now();

  const save = async (state: TrainState): Promise<void> => {
    good = state;
    goodProgress = progress;
    await run?.save(state);
    savedAt = performance.now();
  };

  /** Saves the state as it stands; false if it holds a number that is not finite. */
  const keep = async (): Promise<boolean> => {
    const state = await capture();
    const finite = isFiniteState(state);
    if (finite) await save(state);
    return finite;
  };

  const doStep = async (batch: Batch): Promise<StepResult> => {
    signal?.throwIfAborted();
    whole = false;
    adam.setRate(learningRate(progress.step));
    return trainStep(batch);
  };

  /** Trains to the end of an epoch; false if a number was not finite. */
  const trainEpoch = async (): Promise<boolean> => {
    const { epoch } = progress;
    let stepStarted = performance.now();
    for await (const batch of options.batches(epoch, { from: progress.batch, signal })) {
      const patches = batch.size;
      const { loss, gradientNorm, counts } = await doStep(batch).finally(() => batch.release());
      const step = progress.step + 1;
      const milliseconds = performance.now() - stepStarted;
      stepStarted = performance.now();
      durations.push(milliseconds);
      onEvent?.({ kind: 'step', step, epoch, loss, counts, patches, milliseconds });
      const { recall, precision } = scoresOf(counts);
      const rate = learningRate(step - 1);
      await run?.log('train', step, {
        loss,
        gradientNorm,
        recall,
        precision,
        milliseconds,
        learningRate: rate,
      });
      progress = { ...progress, step, batch: progress.batch + 1 };
      if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm)) return false;
      whole = true;
      if (step >= maxSteps) return true;
      const due = run && performance.now() - savedAt >= checkpointSeconds * 1000;
      if (due && !(await keep())) return false;
    }
    // A batch source may end quietly when told to stop.
    signal?.throwIfAborted();
    if (progress.batch === 0) throw new RangeError(`Cannot train: epoch ${epoch + 1} has no batches`);
    return true;
  };

  /** Validates the model, which is that of `good`, and keeps its weights. */
  const check = async (): Promise<Pick<TrainProgress, 'best' | 'sinceBest'>> => {
    const { step, epoch, best, sinceBest } = progress;
    let result = { best, sinceBest };
    if (validate) {
      onEvent?.({ kind: 'validating', step, epoch });
      const validation = await validate(signal);
      const { overlays, ...scored } = validation;
      const { scores, score, noduleScores } = scored;
      const improved = best === undefined || score > best.validation.score;
      // While nothing has scored, the later weights are the better ones.
      const better = improved || best.validation.score === 0;
      await run?.log('validation', step, { ...loggedScores(scores), ...noduleScores, score }, { epoch });
      await run?.overlays(step, overlays);
      if (better) await run?.checkpoint('best', model, { step: String(step), score: String(score) });
      onEvent?.({ kind: 'validation', step, epoch, validation, best: better });
      result = {
        best: better ? { step, validation: scored, weights: good.weights } : best,
        sinceBest: improved ? 0 : sinceBest + 1,
      };
    }
    await run?.checkpoint('latest', model, { step: String(step) });
    return result;
  };

  const ended = (): StopReason | undefined => {
    if (progress.step >= maxSteps && progress.batch === 0) return 'max-steps';
    if (progress.sinceBest >= patience) return 'no-improvement';
    return progress.epoch >= epochs ? 'completed' : undefined;
  };

  let stop = ended();
  try {
    while (!stop) {
      // A state that was saved before its validation has no steps left in its epoch.
      const finite = (progress.step >= maxSteps || (await trainEpoch())) && (await keep());
      if (finite) {
        const { step, epoch } = progress;
        const due = step >= maxSteps || epoch === epochs - 1 || (epoch + 1) % options.validateEvery === 0;
        progress = { ...progress, ...(due && (await check())), epoch: epoch + 1, batch: 0 };
        await save({ ...good, ...progress });
      }
      stop = finite ? ended() : 'not-a-number';
    }
  } catch (error) {
    const saveLast = async (): Promise<void> => {
      if (whole && progress !== goodProgress) await keep();
      await run?.checkpoint('latest', model, { step: String(progress.step) });
    };
    if (!isAbort(error, signal)) {
      // The weights so far are kept where that is possible; why training failed is what is told.
      await saveLast().catch(() => {});
      throw error;
    }
    await saveLast();
    stop = 'aborted';
  }

  if (stop === 'not-a-number') {
    writeWeights(model, good.weights);
    await run?.checkpoint('latest', model, { step: String(good.step) });
  }
  const { best, step: steps } = progress;
  if (best) writeWeights(model, best.weights);
  return {
    stop,
    steps,
    best: best && { step: best.step, validation: best.validation },
    stepMilliseconds: median(durations),
    seconds: (performance.now() - started) / 1000,
  };
}

const noProgress: TrainProgress = { step: 0, epoch: 0, batch: 0, best: undefined, sinceBest: 0 };

function progressOf({ step, epoch, batch, best, sinceBest }: TrainState): TrainProgress {
  return { step, epoch, batch, best, sinceBest };
}

/** A backend may hand out views of its own memory. */
function copyOf(tensors: Tensors): Tensors {
  return new Map([...tensors].map(([name, { shape, data }]) => [name, { shape, data: data.slice() }]));
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
