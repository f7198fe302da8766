import { Command } from 'commander';
import { positiveInteger, seedNumber, wholeNumber } from '../terminal/command-line.ts';

/** What `examples/prepare-luna16.ts` was asked to do. */
export interface PrepareLuna16Options {
  readonly data: string;
  readonly out: string;
  readonly seed: number;
  readonly negativesPerScan: number;
  readonly concurrency: number;
}

const command = new Command('prepare-luna16')
  .description(
    'Reads from LUNA16 scans what training reads, once, and writes it as a chunk store: NPY, CSV and JSON files of some\n' +
      'megabytes a nodule. A run that was stopped goes on where it was; scans and settings that have changed are read again.',
  )
  .requiredOption('--data <folder>', 'LUNA16: subset*/, annotations.csv; a partial download is fine')
  .requiredOption('--out <folder>', 'store to write')
  .option('--seed <n>', 'decides where negatives are cut', seedNumber, 1)
  .option(
    '--negatives-per-scan <n>',
    'chunks without a nodule that are cut from each scan, for epochs to draw from',
    wholeNumber,
    24,
  )
  .option('--concurrency <n>', 'scans that are read at once', positiveInteger, 4)
  .addHelpText(
    'after',
    `
Exit code: 0; 1 if there is no store in the end; 2 if there is one, but scans could not be read and were skipped;
130 if it was interrupted.

Examples:
  pnpm prepare-data --data LUNA16 --out data/store
  pnpm train --data data/store --epochs 10 --batch-size 16 --augmented`,
  );

/** Parses the command line; a bad flag or value ends the process with one message and exit code 1. */
export function parsePrepareOptions(args: readonly string[]): PrepareLuna16Options {
  return command.parse(args, { from: 'user' }).opts<PrepareLuna16Options>();
}
