import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Augmentation } from '@lunet/patches';
import type { UnetOptions } from '@lunet/unet';
import { Command, Option } from 'commander';
import {
  nonNegativeNumber,
  positiveInteger,
  positiveNumber,
  seedNumber,
  wholeNumber,
} from '../terminal/command-line.ts';
import { type EngineChoice, engineChoice, engineOption, threadsOption } from '../terminal/engine-option.ts';

/** What `examples/train-luna16.ts` was asked to do. */
export interface TrainLuna16Options extends EngineChoice {
  /** A LUNA16 folder, or a chunk store. */
  readonly data: string;
  /** The LUNA16 folder of a store; by default the one that it was prepared from. */
  readonly scans: string | undefined;
  readonly validation: boolean;
  readonly out: string;
  readonly epochs: number;
  readonly batchSize: number;
  readonly numWorkers: number;
  readonly augmentation: Augmentation;
  /** Validation fold; `'stride'` holds out every tenth scan as the reference does, `'none'` validates on the training scans. */
  readonly fold: number | 'stride' | 'none';
  readonly seed: number;
  readonly network: UnetOptions;
  readonly falseNegativeWeight: number;
  /** Weight of the cross-entropy beside the Dice loss; 0 leaves it out. */
  readonly crossEntropy: number;
  readonly learningRate: number;
  readonly schedule: 'cosine' | 'constant';
  readonly negatives: number;
  /** Negatives that are cut from each scan, for epochs to draw from; a store has its own. */
  readonly negativesPerScan: number | undefined;
  readonly hardNegatives: number;
  readonly samplesPerNodule: number;
  readonly maxSteps: number | undefined;
  readonly validateEvery: number;
  readonly validationStride: number;
  /** Seconds between two checkpoints. */
  readonly checkpointEvery: number;
  readonly json: boolean;
}

/** A run to begin, or one to go on with and what may differ from its own options then. */
export type TrainCommand =
  | { readonly kind: 'start'; readonly options: TrainLuna16Options }
  | { readonly kind: 'resume'; readonly run: string; readonly changed: Partial<TrainLuna16Options> };

/** The reference's augmentation: flips, ±0.03, ±20 %, any angle, σ 25 HU. */
const augmented = { flip: true, offset: 0.03, scale: 0.2, rotate: true, noise: 25 } as const;

/** The network of *Deep Learning with PyTorch*, and what it is trained with unless told otherwise. */
const dlwpt = { preset: 'dlwpt' } as const;

function foldOption(text: string): number | 'stride' | 'none' {
  return text === 'stride' || text === 'none' ? text : wholeNumber(text);
}

function runName(now: Date): string {
  return now.toISOString().slice(0, 19).replaceAll(':', '').replace('T', '-');
}

const command = new Command('train-luna16')
  .description(
    'Trains a U-Net that segments lung nodules, on a folder in LUNA16’s layout, and validates it on whole slices\n' +
      'of scans that it never saw. Leaves weights, metrics, TensorBoard events and overlays in a run folder.',
  )
  .option(
    '--data <folder>',
    'LUNA16: subset*/, annotations.csv; a partial download is fine. Or a store of `pnpm prepare-data`',
  )
  .option(
    '--scans <folder>',
    'where the scans of a store are, to validate on and to mine (default: where it was prepared from)',
  )
  .option('--no-validation', 'only train; a store needs no scans then')
  .option('--out <folder>', 'run folder to create (default: runs/<date>-<time>)')
  .option(
    '--resume <run>',
    'go on with a run that was stopped or killed, to the same weights; its options are its own, ' +
      'and only --data, --scans, --num-workers, --threads, --checkpoint-every and --json may be given; so may --engine, ' +
      'which then gives other weights',
  )
  .option(
    '--checkpoint-every <seconds>',
    'how much a killed run may lose; 0 saves every step',
    nonNegativeNumber,
    30,
  )
  .option('--epochs <n>', 'passes over the nodules', positiveInteger, 10)
  .option('--batch-size <n>', 'crops a step', positiveInteger, 16)
  .option(
    '--num-workers <n>',
    'threads that prepare batches; 0 prepares them in the main thread; the batches are the same',
    wholeNumber,
    Math.min(8, availableParallelism()),
  )
  .option('--augmented', 'all five augmentations, as the reference has them', false)
  .option('--augment-flip', 'flip rows and columns, each with probability 1/2')
  .option(
    '--augment-offset <share>',
    `shift by up to this share of the crop (${augmented.offset})`,
    nonNegativeNumber,
  )
  .option('--augment-scale <share>', `zoom by up to this share (${augmented.scale})`, nonNegativeNumber)
  .option('--augment-rotate', 'rotate by any angle')
  .option(
    '--augment-noise <hu>',
    `add Gaussian noise of this many HU (${augmented.noise})`,
    nonNegativeNumber,
  )
  .option(
    '--fold <n>',
    'subset that is held out for validation; "stride": every tenth scan, as the reference; ' +
      '"none": no scan, validate on the training scans (shows only whether they can be learnt)',
    foldOption,
    'stride' as const,
  )
  .option(
    '--seed <n>',
    'decides weights, crops and their order: the same seed gives the same run',
    seedNumber,
    1,
  )
  .addOption(engineOption)
  .addOption(threadsOption)
  .option('--filters <n>', 'channels of the first level (default: 16)', positiveInteger)
  .option('--depth <n>', 'levels of the U-Net (default: 3)', positiveInteger)
  .addOption(
    new Option(
      '--preset <name>',
      'the reference’s network, loss and constant learning rate, and no negatives',
    ).choices(['dlwpt']),
  )
  .option('--fn-weight <w>', 'how much more a missed pixel costs than a false one', positiveNumber, 8)
  .option(
    '--cross-entropy <w>',
    'weight of the cross-entropy that is added to the Dice loss (default: 1; 0 with --preset dlwpt)',
    nonNegativeNumber,
  )
  .option('--learning-rate <r>', 'Adam’s (peak) learning rate', positiveNumber, 1e-3)
  .addOption(
    new Option(
      '--schedule <name>',
      'of the learning rate (default: cosine; constant with --preset dlwpt)',
    ).choices(['cosine', 'constant']),
  )
  .option(
    '--negatives <ratio>',
    'crops without a nodule per crop with one (default: 1; 0 with --preset dlwpt)',
    nonNegativeNumber,
  )
  .option(
    '--negatives-per-scan <n>',
    'chunks without a nodule that are cut from each scan, for epochs to draw from (default: 24; a store’s)',
    positiveInteger,
  )
  .option(
    '--hard-negatives <slices>',
    'before every epoch but the first, look for false positives on so many slices of the training scans and train on them; 0: never',
    wholeNumber,
    200,
  )
  .option('--samples-per-nodule <n>', 'crops of each nodule an epoch', positiveInteger, 1)
  .option('--max-steps <n>', 'end after this many steps', positiveInteger)
  .option('--validate-every <epochs>', 'how often to validate', positiveInteger, 1)
  .option(
    '--validation-stride <n>',
    'between epochs, validate every n-th slice; after the last one always all of them',
    positiveInteger,
    1,
  )
  .option('--json', 'print the summary as JSON in the last line', false)
  .addHelpText(
    'after',
    `
Examples:
  pnpm phantom --out data/phantom --scans 8     make a data set to try it on
  pnpm train --data data/phantom --fold 0 --epochs 4 --augmented
  pnpm prepare-data --data LUNA16 --out data/store   read the scans once, and train on what is kept of them:
  pnpm train --data data/store --augmented
  pnpm train --data LUNA16 --epochs 10 --batch-size 16 --num-workers 8 --augmented
  pnpm train --resume runs/2026-11-23-101500    go on after Ctrl-C, a power cut or a full disk
  tensorboard --logdir runs                 look at the curves and overlays`,
  );

/** What a resumed run may do differently: where things lie and how fast they go; the engine alone changes weights. */
const changeable = ['data', 'scans', 'numWorkers', 'engine', 'threads', 'checkpointEvery', 'json'] as const;

/** Parses the command line; a bad flag or value ends the process with one message and exit code 1. */
export function parseTrainCommand(args: readonly string[]): TrainCommand {
  const given = command.parse(args, { from: 'user' }).opts();
  if (given.resume === undefined) {
    if (given.data === undefined) command.error("error: required option '--data <folder>' not specified");
    return { kind: 'start', options: optionsOf(given) };
  }
  const own = command.options
    .filter((option) => command.getOptionValueSource(option.attributeName()) === 'cli')
    .map((option) => ({ name: option.attributeName(), flag: option.long }))
    .filter(({ name }) => name !== 'resume');
  const fixed = own.find(({ name }) => !changeable.some((free) => free === name));
  if (fixed) {
    const why = ['epochs', 'maxSteps'].includes(fixed.name)
      ? ', and the schedule of the learning rate spans its steps'
      : '';
    command.error(
      `error: ${fixed.flag} cannot be given with --resume: the run keeps the options it was begun with${why}. ` +
        `Leave it out, or begin a new run`,
    );
  }
  const options = optionsOf(given);
  const changed = changeable.filter((name) => own.some((one) => one.name === name));
  return {
    kind: 'resume',
    run: given.resume,
    changed: Object.fromEntries(changed.map((name) => [name, options[name]])),
  };
}

/** The options of a run without any flag: what a config.json has to have. */
export function defaultTrainOptions(): TrainLuna16Options {
  return optionsOf(Object.fromEntries(command.options.map((one) => [one.attributeName(), one.defaultValue])));
}

function optionsOf(given: ReturnType<typeof command.opts>): TrainLuna16Options {
  const all: Augmentation = given.augmented ? augmented : {};
  const one = <K extends keyof Augmentation>(key: K, value: Augmentation[K] | undefined) =>
    value === undefined ? {} : { [key]: value };
  if (given.preset && (given.filters !== undefined || given.depth !== undefined)) {
    command.error("error: --preset dlwpt fixes the network's size; leave out --filters and --depth");
  }
  return {
    data: given.data,
    scans: given.scans,
    validation: given.validation,
    out: given.out ?? join('runs', runName(new Date())),
    epochs: given.epochs,
    batchSize: given.batchSize,
    numWorkers: given.numWorkers,
    augmentation: {
      ...all,
      ...one('flip', given.augmentFlip),
      ...one('offset', given.augmentOffset),
      ...one('scale', given.augmentScale),
      ...one('rotate', given.augmentRotate),
      ...one('noise', given.augmentNoise),
    },
    fold: given.fold,
    seed: given.seed,
    ...engineChoice(given),
    network: given.preset ? dlwpt : { filters: given.filters ?? 16, depth: given.depth ?? 3 },
    falseNegativeWeight: given.fnWeight,
    learningRate: given.learningRate,
    schedule: given.schedule ?? (given.preset ? 'constant' : 'cosine'),
    crossEntropy: given.crossEntropy ?? (given.preset ? 0 : 1),
    negatives: given.negatives ?? (given.preset ? 0 : 1),
    negativesPerScan: given.negativesPerScan,
    hardNegatives: given.preset ? 0 : given.hardNegatives,
    samplesPerNodule: given.samplesPerNodule,
    maxSteps: given.maxSteps,
    validateEvery: given.validateEvery,
    validationStride: given.validationStride,
    checkpointEvery: given.checkpointEvery,
    json: given.json,
  };
}
