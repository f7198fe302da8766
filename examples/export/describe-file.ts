import type { ImageLayout } from '@lunet/onnx';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/** What is to be said about an exported network. */
export interface ExportedFile {
  readonly out: string;
  readonly layout: ImageLayout;
  /** Batch, height and width: sizes, or names of free ones. */
  readonly axes: readonly (string | number)[];
  readonly slices: number;
  /** Height and width have to be multiples of it. */
  readonly divisor: number;
  readonly network: Pick<LayersModel, 'inputNames' | 'outputNames'>;
}

/** What goes in and comes out, and three lines of Python that run it. */
export function describeFile({ out, layout, axes, slices, divisor, network }: ExportedFile): string {
  const [batch, height, width] = axes as [string | number, string | number, string | number];
  const [input, output] = [network.inputNames[0]!, network.outputNames[0]!];
  const shape = (channels: number, [n, h, w]: readonly (string | number)[]): string =>
    (layout === 'NCHW' ? [n, channels, h, w] : [n, h, w, channels]).join(', ');
  const free = [height, width].filter((axis) => typeof axis === 'string');
  const multiples = free.length > 0 ? `; ${free.join(' and ')} multiples of ${divisor}` : '';
  const example = [batch, height, width].map((axis, i) =>
    typeof axis === 'number' ? axis : i === 0 ? 1 : 512,
  );
  const python = [
    'import numpy, onnxruntime',
    `session = onnxruntime.InferenceSession(${JSON.stringify(out)})`,
    `probabilities, = session.run(None, {${JSON.stringify(input)}: numpy.full((${shape(slices, example)}), -1000, "float32")})`,
  ];
  return [
    `input       ${input}, float32 [${shape(slices, axes)}]: HU${multiples}`,
    `output      ${output}, float32 [${shape(1, axes)}]: probability of each pixel of the middle slice`,
    `Python      ${python.join('\n            ')}`,
  ].join('\n');
}
