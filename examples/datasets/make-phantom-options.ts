import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import { nonNegativeNumber, positiveInteger, positiveNumber, wholeNumber } from '../terminal/command-line.ts';

/** What `examples/make-phantom.ts` was asked to do. */
export interface MakePhantomOptions {
  readonly out: string;
  readonly scans: number;
  readonly seed: number;
  readonly slices: number;
  readonly size: number;
  readonly meanNodules: number;
  readonly numWorkers: number;
  readonly spacing?: number;
  readonly sliceSpacing?: number;
}

const command = new Command('make-phantom')
  .description(
    'Makes synthetic chest CTs with lung nodules in LUNA16’s layout. Scans that are there with the same settings are\n' +
      'kept, other phantoms in the folder go; a folder that holds anything else is left alone.',
  )
  .requiredOption('--out <folder>', 'where to write: new, empty, or phantoms of an earlier run')
  .option('--scans <n>', 'how many; scan i goes to subset i mod 10', positiveInteger, 10)
  .option('--seed <n>', 'the same seed gives the same scans', wholeNumber, 1)
  .option('--slices <n>', 'slices of each scan', positiveInteger, 64)
  .option('--size <n>', 'rows and columns of each slice', positiveInteger, 512)
  .option(
    '--spacing <mm>',
    'pixel distance (default: the chest fills the slice; under 200 mm one lung is shown)',
    positiveNumber,
  )
  .option(
    '--slice-spacing <mm>',
    'slice distance (default: 0.625 to 2.5 mm, each scan its own)',
    positiveNumber,
  )
  .option('--nodules <mean>', 'mean count of nodules in a scan; 0 to 6 are drawn', nonNegativeNumber, 2.5)
  .option(
    '--num-workers <n>',
    'threads; 0 works in the main one; the scans are the same',
    wholeNumber,
    availableParallelism(),
  )
  .addHelpText(
    'after',
    `
Examples:
  pnpm phantom --out data/phantom --scans 4
  pnpm phantom --out data/phantom --scans 40 --slices 96 --seed 7
  pnpm phantom --out data/small --scans 10 --size 192 --spacing 0.7 --slices 32    quick to train on`,
  );

/** Parses the command line; a bad flag or value ends the process with one message and exit code 1. */
export function parsePhantomOptions(args: readonly string[]): MakePhantomOptions {
  const { nodules, ...given } = command.parse(args, { from: 'user' }).opts();
  return { ...(given as Omit<MakePhantomOptions, 'meanNodules'>), meanNodules: nodules };
}
