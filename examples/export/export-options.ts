import { basename, join } from 'node:path';
import type { ImageLayout } from '@lunet/onnx';
import { Command, InvalidArgumentError, Option } from 'commander';

/** Free axes of the network's image. */
export const freeAxes = ['batch', 'height', 'width'] as const;

/** Sizes of the axes that are no longer free. */
type FixedSizes = Readonly<Partial<Record<(typeof freeAxes)[number], number>>>;

/** What `examples/export-onnx.ts` was asked to do. */
export interface ExportOptions {
  readonly model: string;
  readonly out: string | undefined;
  readonly layout: ImageLayout;
  readonly fixed: FixedSizes;
}

const command = new Command('export')
  .description(
    'Writes a trained network as an ONNX file, weights inside. It runs without lunet and TensorFlow.js wherever ONNX does: in\n' +
      'Python, C++, C# and Java, on phones, in browsers and servers.',
  )
  .requiredOption('--model <run>', 'run folder of pnpm train (its best weights), or a .safetensors file')
  .option('--out <file>', 'what to write (default: the name of the weights, with .onnx, beside them)')
  .addOption(
    new Option('--layout <order>', 'of the axes: NCHW as PyTorch has them, NHWC as TensorFlow.js has them')
      .choices(['NCHW', 'NHWC'])
      .default('NCHW'),
  )
  .option(
    '--fixed <axis=size...>',
    'batch, height or width of one size only, which some runtimes and converters want',
    fixedSize,
  )
  .addHelpText(
    'after',
    `
The file takes images of neighbouring slices in HU, as many as the network was trained on, and gives the probability of each
pixel of the middle one. Batch, height and width are free unless fixed; what height and width must be multiples of is told.

Examples:
  pnpm export --model runs/my-run
  pnpm export --model runs/my-run/best.safetensors --out nodules.onnx --layout NHWC
  pnpm export --model runs/my-run --fixed batch=1 height=512 width=512`,
  );

/** Parses the command line; a bad flag or value ends the process with one message and exit code 1. */
export function parseExportOptions(args: readonly string[]): ExportOptions {
  command.parse(args, { from: 'user' });
  const { model, out, layout, fixed } = command.opts();
  return { model, out, layout, fixed: fixed ?? {} };
}

/** Where a model goes unless told otherwise. */
export function defaultOut(weights: string, folder: string): string {
  return join(folder, `${basename(weights, '.safetensors')}.onnx`);
}

function fixedSize(text: string, before?: FixedSizes): FixedSizes {
  const [, axis, size] = /^(batch|height|width)=([1-9]\d{0,5})$/.exec(text) ?? [];
  if (axis === undefined) {
    throw new InvalidArgumentError('It takes batch, height or width, = and a whole number: height=512.');
  }
  return { ...before, [axis]: Number(size) };
}
