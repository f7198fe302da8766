import { basename, join } from 'node:path';
import { Command, Option } from 'commander';
import { nonNegativeNumber, positiveInteger, probability, wholeNumber } from '../terminal/command-line.ts';
import { type EngineChoice, engineChoice, engineOption, threadsOption } from '../terminal/engine-option.ts';

/** What `examples/predict.ts` was asked to do. */
export interface PredictOptions extends EngineChoice {
  readonly scan: string;
  /** The scan's file or folder without folder and extension; fit for a CSV field. */
  readonly name: string;
  readonly model: string;
  readonly out: string;
  readonly format: 'nii.gz' | 'mha' | 'nrrd';
  readonly threshold: number;
  readonly minimumDiameterMm: number;
  readonly lungs: 'own' | 'none';
  readonly lungMarginMm: number;
  readonly flips: boolean;
  readonly tile: number | undefined;
  readonly probabilities: boolean;
  readonly overlays: number;
  readonly series: string | undefined;
  readonly json: boolean;
}

const command = new Command('predict')
  .description(
    'Looks for lung nodules in one chest CT. Writes a mask on the scan’s own grid, which opens aligned with it in 3D Slicer\n' +
      'or ITK-SNAP, the candidates as CSV, and pictures of the slices with the prediction drawn in. No medical device.',
  )
  .argument('<scan>', '.mhd, .mha, .nii, .nii.gz, .nrrd, or the folder of a DICOM series; voxels in HU')
  .requiredOption('--model <run>', 'run folder of pnpm train (its best weights), or a .safetensors file')
  .option('--out <folder>', 'where to write (default: predictions/<scan>)')
  .addOption(
    new Option('--format <extension>', 'of the mask').choices(['nii.gz', 'mha', 'nrrd']).default('nii.gz'),
  )
  .option('--threshold <p>', 'a voxel is called nodule above this probability', probability, 0.5)
  .option('--minimum-diameter <mm>', 'smaller candidates are left out, of the mask too', nonNegativeNumber, 3)
  .addOption(
    new Option('--lungs <which>', 'look in the lungs, as segmented here, or everywhere')
      .choices(['own', 'none'])
      .default('own'),
  )
  .option('--lung-margin <mm>', 'and so far around them, for nodules at the chest wall', nonNegativeNumber, 5)
  .option('--flips', 'average over four flips of each slice: four times the work', false)
  .option('--tile <pixels>', 'predict in tiles of this size: the same result in less memory', positiveInteger)
  .option('--probabilities', 'write the probabilities, too: float32', false)
  .option('--overlays <n>', 'pictures of the most probable candidates; 0 draws none at all', wholeNumber, 12)
  .option('--series <uid>', 'which series of a DICOM folder that holds several')
  .addOption(engineOption)
  .addOption(threadsOption)
  .option('--json', 'print the candidates as JSON in the last line', false)
  .addHelpText(
    'after',
    `
Writes to --out:
  mask.nii.gz       uint8, 1 in nodules; size, spacing, origin and direction are the scan's
  candidates.csv    the most probable first: seriesuid,coordX,coordY,coordZ (LPS mm),probability,diameter_mm,volume_mm3
  overlays/         slices through the candidates, and six evenly spaced ones

Examples:
  pnpm predict subset0/1.3.6.1.4….mhd --model runs/my-run
  pnpm predict dicom/series-3 --model runs/my-run --out out --format nrrd
  pnpm predict ct.nii.gz --model runs/my-run/best.safetensors --flips --probabilities`,
  );

/** Parses the command line; a bad flag or value ends the process with one message and exit code 1. */
export function parsePredictOptions(args: readonly string[]): PredictOptions {
  command.parse(args, { from: 'user' });
  const given = command.opts();
  const [scan] = command.args as [string];
  const name = nameOf(scan);
  return {
    scan,
    name,
    model: given.model,
    out: given.out ?? join('predictions', name),
    format: given.format,
    threshold: given.threshold,
    minimumDiameterMm: given.minimumDiameter,
    lungs: given.lungs,
    lungMarginMm: given.lungMargin,
    flips: given.flips,
    tile: given.tile,
    probabilities: given.probabilities,
    overlays: given.overlays,
    series: given.series,
    ...engineChoice(given),
    json: given.json,
  };
}

function nameOf(scan: string): string {
  const name = basename(scan).replace(/\.(mhd|mha|nii|nii\.gz|nrrd)$/i, '');
  return name.replace(/[^\w.-]+/g, '_').replace(/^\.+/, '') || 'scan';
}
