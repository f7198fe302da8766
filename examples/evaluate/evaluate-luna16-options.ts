import { Command, InvalidArgumentError, Option } from 'commander';
import { nonNegativeNumber, positiveInteger, probability, wholeNumber } from '../terminal/command-line.ts';
import { type EngineChoice, engineChoice, engineOption, threadsOption } from '../terminal/engine-option.ts';

/** What `examples/evaluate-luna16.ts` was asked to do. */
export type EvaluateLuna16Options = EvaluateModelOptions | ScorePredictionsOptions;

/** What is written and printed in either case. */
interface OutputOptions {
  readonly out: string | undefined;
  readonly report: boolean;
  /** Of the bootstrap. */
  readonly seed: number;
  readonly json: boolean;
}

/** A model on scans. */
export interface EvaluateModelOptions extends OutputOptions, EngineChoice {
  readonly data: string;
  readonly model: string;
  /** `'held-out'`: the scans that the run itself held out. */
  readonly fold: readonly number[] | 'all' | 'held-out';
  /** 1-based. */
  readonly shard: { readonly index: number; readonly of: number } | undefined;
  readonly scan: ScanOptions;
  /** Format of the masks that are kept of each scan. */
  readonly masks: MaskFormat | undefined;
  readonly baseline: boolean;
  /** Of each scan at most, up to {@link keptFalsePositives}. */
  readonly reportFalsePositives: number;
  /** Least recall of the operating point for voxels. */
  readonly recall: number;
}

export type MaskFormat = 'mha' | 'nii.gz';

/** All that decides what comes out of one scan. */
export interface ScanOptions {
  readonly lungs: 'own' | 'data' | 'none';
  readonly lungMarginMm: number;
  readonly flips: boolean;
  readonly tile: number | undefined;
  readonly threshold: number;
  readonly rank: 'round' | 'mean' | 'peak';
  readonly mergeWithinMm: number;
}

/** The marks of any system, with neither model nor scans. */
export interface ScorePredictionsOptions extends OutputOptions {
  readonly predictions: string;
  readonly annotations: string;
  readonly excluded: string | undefined;
  readonly seriesUids: string;
}

function foldOption(text: string): readonly number[] | 'all' | 'held-out' {
  if (text === 'all' || text === 'held-out') return text;
  const folds = text.split(',').map((part) => (/^\d+$/.test(part.trim()) ? Number(part) : Number.NaN));
  if (folds.some(Number.isNaN)) {
    throw new InvalidArgumentError('It takes subsets such as 0 or 0,3, "all" or "held-out".');
  }
  return [...new Set(folds)].sort((a, b) => a - b);
}

function shardOption(text: string): { readonly index: number; readonly of: number } {
  const [, index, of] = /^(\d+)\/(\d+)$/.exec(text)?.map(Number) ?? [];
  if (index === undefined || of === undefined || index < 1 || index > of) {
    throw new InvalidArgumentError('It takes i/n with i from 1 to n, such as 1/3.');
  }
  return { index, of };
}

function recallOption(text: string): number {
  const value = nonNegativeNumber(text);
  if (value === 0 || value > 1) throw new InvalidArgumentError('It takes a share above 0, at most 1.');
  return value;
}

/** So many false positives a scan are kept cut out, whatever the report shows. */
export const keptFalsePositives = 10;

function reportFalsePositivesOption(text: string): number {
  const value = wholeNumber(text);
  if (value > keptFalsePositives)
    throw new InvalidArgumentError(`It takes 0 to ${keptFalsePositives}, which are kept of each scan.`);
  return value;
}

/** Of no use to predictions that are there already. */
const modelOnly = [
  ...[
    'data',
    'model',
    'fold',
    'shard',
    'masks',
    'lungs',
    'lungMargin',
    'threshold',
    'rank',
    'merge',
    'flips',
  ],
  ...['tile', 'recall', 'baseline', 'reportFalsePositives', 'engine', 'threads'],
];

const command = new Command('evaluate-luna16')
  .description(
    'Evaluates a model on whole scans of a folder in LUNA16’s layout: LUNA16’s official score (FROC curve, CPM), how well\n' +
      'nodules are outlined, and a report with every nodule as CT cut-outs. Each scan is kept as soon as it is done, so a\n' +
      'run that was stopped goes on where it was. Or scores a file of predictions, with neither model nor scans.',
  )
  .option('--data <folder>', 'LUNA16: subset*/, annotations.csv; a partial download is fine')
  .option('--model <run>', 'run folder of pnpm train (its best weights), or a .safetensors file')
  .option(
    '--fold <list>',
    'subsets to evaluate on, such as 0 or 0,3; "all"; "held-out": the scans that the run did not train on',
    foldOption,
    'held-out' as const,
  )
  .option(
    '--out <folder>',
    'where to write (default: evaluation/ in the run folder; with --predictions nowhere)',
  )
  .option(
    '--shard <i/n>',
    'do every n-th scan only, from the i-th on; any run that finds all scans done scores them',
    shardOption,
  )
  .addOption(
    new Option(
      '--lungs <which>',
      'where nodules are looked for: in lungs of our own segmentation, in the data’s seg-lungs-LUNA16, or everywhere',
    )
      .choices(['own', 'data', 'none'])
      .default('own'),
  )
  .option('--lung-margin <mm>', 'and so far around them, for nodules at the chest wall', nonNegativeNumber, 5)
  .option('--threshold <p>', 'a voxel is called nodule above this probability', probability, 0.5)
  .addOption(
    new Option(
      '--rank <by>',
      'what ranks a candidate: the mean of its voxels’ probabilities times its roundness, their mean, or their peak',
    )
      .choices(['round', 'mean', 'peak'])
      .default('round'),
  )
  .option('--merge <mm>', 'join candidates that are closer than this', nonNegativeNumber, 0)
  .option('--flips', 'average over four flips of each slice: four times the work', false)
  .option('--tile <pixels>', 'predict in tiles of this size: the same result in less memory', positiveInteger)
  .option(
    '--recall <r>',
    'report the highest threshold with at least this recall of voxels',
    recallOption,
    0.9,
  )
  .addOption(
    new Option('--masks <format>', 'keep each scan’s predicted mask, compressed').choices(['mha', 'nii.gz']),
  )
  .option(
    '--no-baseline',
    'leave out the best plain HU threshold in the data’s lungs (else in our own), the baseline to beat',
  )
  .option('--no-report', 'leave out report.html')
  .option(
    '--report-false-positives <n>',
    `worst false positives a scan that the report shows, up to ${keptFalsePositives}`,
    reportFalsePositivesOption,
    3,
  )
  .addOption(engineOption)
  .addOption(threadsOption)
  .addOption(
    new Option(
      '--predictions <file>',
      'score this CSV file: seriesuid,coordX,coordY,coordZ,probability',
    ).conflicts(modelOnly),
  )
  .option('--annotations <file>', 'with --predictions: the nodules, annotations.csv')
  .option(
    '--excluded <file>',
    'with --predictions: findings that count neither way, annotations_excluded.csv',
  )
  .option('--seriesuids <file>', 'with --predictions: every scan that was predicted, one series UID a line')
  .option('--seed <n>', 'of the bootstrap that the intervals come from', wholeNumber, 1)
  .option('--json', 'print the scores as JSON in the last line', false)
  .addHelpText(
    'after',
    `
Writes to --out:
  scores.json        every score with its interval; the same bytes however the run was stopped or split
  report.html        the same to look at, with CT cut-outs; opens offline
  predictions.csv    the candidates in the challenge's format;  froc.csv  the curve's points
  scans/             what is kept of each scan;  masks/  with --masks

Examples:
  pnpm evaluate --data LUNA16 --model runs/my-run                 the scans that my-run held out
  pnpm evaluate --data LUNA16 --model runs/my-run --fold 0,3 --flips --masks nii.gz --out out
  pnpm evaluate --data LUNA16 --model runs/my-run --shard 2/8 --out out     one job of eight
  pnpm evaluate --data LUNA16 --model runs/my-run --out out                 merges them
  pnpm evaluate --predictions marks.csv --annotations annotations.csv \\
    --excluded annotations_excluded.csv --seriesuids seriesuids.csv --out out`,
  );

/** Parses the command line; a bad flag or value ends the process with one message and exit code 1. */
export function parseEvaluateOptions(args: readonly string[]): EvaluateLuna16Options {
  const given = command.parse(args, { from: 'user' }).opts();
  const output = { out: given.out, report: given.report, seed: given.seed, json: given.json };
  if (given.predictions !== undefined) {
    const needed = ['annotations', 'seriesuids'].filter((name) => given[name] === undefined);
    if (needed.length > 0) {
      command.error(`error: --predictions needs --${needed.join(' and --')}; see --help for an example`);
    }
    return {
      ...output,
      predictions: given.predictions,
      annotations: given.annotations,
      excluded: given.excluded,
      seriesUids: given.seriesuids,
    };
  }
  for (const name of ['annotations', 'excluded', 'seriesuids']) {
    if (given[name] !== undefined)
      command.error(`error: --${name} goes with --predictions; --data holds its own`);
  }
  const missing = ['data', 'model'].filter((name) => given[name] === undefined);
  if (missing.length > 0) {
    command.error(
      `error: --${missing.join(' and --')} ${missing.length > 1 ? 'are' : 'is'} missing: ` +
        'give --data and --model, or --predictions to score a CSV file',
    );
  }
  return {
    ...output,
    data: given.data,
    model: given.model,
    fold: given.fold,
    shard: given.shard,
    ...engineChoice(given),
    scan: {
      lungs: given.lungs,
      lungMarginMm: given.lungMargin,
      flips: given.flips,
      tile: given.tile,
      threshold: given.threshold,
      rank: given.rank,
      mergeWithinMm: given.merge,
    },
    masks: given.masks,
    baseline: given.baseline,
    reportFalsePositives: given.reportFalsePositives,
    recall: given.recall,
  };
}
