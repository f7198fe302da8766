/**
 * Trains a U-Net on LUNA16 scans: chunks at nodules in, masks out; validates on whole slices of held-out scans.
 *
 *   pnpm train --data LUNA16 --epochs 10 --batch-size 16 --num-workers 8 --augmented
 *
 * `--data` is a folder in LUNA16's layout (some of its subsets are enough): the real one, or one that
 * `pnpm phantom --out data/phantom` wrote; or a store that `pnpm prepare-data` made of one. `--help` explains every option.
 */
import { join } from 'node:path';
import { type ChunkSet, defaultCropSize } from '@lunet/patches';
import { createLoader } from '@lunet/patches/node';
import { constantRate, cosineRate, fingerprintScans, RunFolder, train, validateScans } from '@lunet/train';
import { buildUnet, checkInputSize } from '@lunet/unet';
import { validationScan } from './scans/luna16-scans.ts';
import { thresholdBaseline } from './scans/threshold-baseline.ts';
import { argumentsOf, interruptSignal, runScript } from './terminal/command-line.ts';
import { startChosenEngine } from './terminal/engine-option.ts';
import { ProgressLine } from './terminal/progress-line.ts';
import { versions } from './terminal/versions.ts';
import { batchesWithHardNegatives } from './train/hard-negatives.ts';
import { orGoOnWithout, resumedOptions, resumeRun } from './train/resume-run.ts';
import { scoreTable } from './train/score-table.ts';
import { parseTrainCommand } from './train/train-luna16-options.ts';
import { openTrainingData } from './train/training-data.ts';
import { trainingLoss } from './train/training-loss.ts';
import { trainingProgress } from './train/training-progress.ts';

const command = parseTrainCommand(argumentsOf(process.argv));

await runScript(async () => {
  const options =
    command.kind === 'start' ? command.options : await resumedOptions(command.run, command.changed);
  const line = new ProgressLine();
  const signal = interruptSignal(() => line.print('stopping    press Ctrl-C again to stop at once'));

  // 1. The engine that runs the tensors.
  const own = command.kind === 'resume' && command.changed.engine === undefined;
  const start = startChosenEngine(options, line);
  const engine = await (own ? start.catch(orGoOnWithout(command.run)) : start);

  // 2. The scans, and which of them are held out.
  const data = await openTrainingData(options, { line, signal });
  const { training, heldOut, validation } = data;

  // 3. The network and its loss, and the folder that keeps what comes out.
  checkInputSize(options.network, defaultCropSize.rows, defaultCropSize.columns);
  for (const { size } of validation.map((scan) => scan.geometry))
    checkInputSize(options.network, size[1], size[0]);
  const model = buildUnet({ ...options.network, seed: options.seed });
  const loss = trainingLoss(options);
  const config = {
    options,
    engine,
    versions: await versions(['@lunet/train', '@lunet/unet', '@tensorflow/tfjs-core']),
    data: {
      training: fingerprintScans(training),
      validation: fingerprintScans(heldOut),
      storeSettings: data.storeSettings,
      minesScans: data.trainingScans !== undefined,
    },
    trainingScans: training.map(({ seriesUid }) => seriesUid),
    validationScans: heldOut.map(({ seriesUid }) => seriesUid),
  };
  const { run, state } =
    command.kind === 'start'
      ? { run: await RunFolder.create(options.out, config), state: undefined }
      : await resumeRun(options.out, config, line);

  // 4. Chunks at nodules and elsewhere, in memory or in a store; batches of crops come from worker threads.
  const chunks = await data.chunks();
  const loaderOf = (set: ChunkSet) =>
    createLoader(set, {
      batchSize: options.batchSize,
      seed: options.seed,
      numWorkers: options.numWorkers,
      augmentation: options.augmentation,
      negativesPerPositive: options.negatives,
      samplesPerNodule: options.samplesPerNodule,
    });
  const source = batchesWithHardNegatives({
    model,
    scans: data.trainingScans,
    chunks,
    slices: options.hardNegatives,
    folder: join(run.path, 'hard-negatives'),
    loaderOf,
    line,
  });
  const { batchesPerEpoch } = source;
  const steps = Math.min(options.epochs * batchesPerEpoch, options.maxSteps ?? Number.POSITIVE_INFINITY);
  line.print(`chunks      ${chunks.chunks.length}, so ${batchesPerEpoch} steps an epoch, ${steps} in all`);

  // 5. Training, validated on whole slices.
  const held = validation.map(validationScan);
  const rate = options.learningRate;
  const progress = trainingProgress(line, steps);
  const goOn = `go on with: pnpm train --resume ${run.path}`;
  const orSayHow = (error: unknown): never => {
    line.print(`kept        ${goOn}`);
    throw error;
  };
  const validate = (abort: AbortSignal | undefined) =>
    validateScans(model, held, {
      sliceStride: options.validationStride,
      signal: abort,
      onSlice: progress.onSlice,
    });
  try {
    const result = await train({
      model,
      batches: source.batches,
      loss,
      epochs: options.epochs,
      maxSteps: steps,
      learningRate:
        options.schedule === 'constant'
          ? constantRate(rate)
          : cosineRate({ peak: rate, steps, warmup: Math.ceil(steps / 20) }),
      validateEvery: options.validateEvery,
      ...(held.length > 0 && { validate }),
      run,
      checkpointSeconds: options.checkpointEvery,
      from: state,
      signal,
      onEvent: progress.onEvent,
    }).catch(orSayHow);
    if (result.stop === 'aborted') {
      line.print(`interrupted after step ${result.steps}; ${goOn}`);
      process.exitCode = 130;
      return;
    }
    if (result.stop === 'not-a-number') {
      throw new Error(
        `Cannot go on training: step ${result.steps} gave a loss or weights that are not numbers. The last good weights ` +
          `are ${run.path}/latest.safetensors; begin a new run with a lower --learning-rate, as --resume would meet the same`,
      );
    }

    const { stepMilliseconds, seconds } = result;
    if (held.length === 0) {
      line.print(`run         ${run.path}: latest.safetensors; curves: tensorboard --logdir ${run.path}`);
      if (options.json) console.log(JSON.stringify({ stepMilliseconds, engine: engine.name, seconds }));
      return;
    }

    // 6. The best weights on every slice, beside the best that a plain threshold could do.
    const { scores, score } =
      result.best && options.validationStride === 1
        ? result.best.validation
        : await validateScans(model, held, { overlayScans: 0, signal, onSlice: progress.onSlice }).catch(
            orSayHow,
          );
    await run.log('final', result.steps, { ...scores, score });
    const baseline = await thresholdBaseline(validation, { line, signal });
    const title = options.fold === 'none' ? 'training scans, all slices' : 'held-out scans, all slices';
    line.print(scoreTable(title, { 'U-Net': scores, ...baseline }));
    line.print(
      `run         ${run.path}: best.safetensors, overlays/; curves: tensorboard --logdir ${run.path}`,
    );
    if (options.json) {
      console.log(JSON.stringify({ ...scores, stepMilliseconds, engine: engine.name, seconds }));
    }
  } finally {
    await source.close();
    await data.close();
    await run.close();
  }
});
