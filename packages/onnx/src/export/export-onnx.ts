import type { LayersModel } from '@tensorflow/tfjs-layers';
import { encodeModel } from '../graph/model.ts';
import { physicalShape, type Value } from '../graph/value.ts';
import { generalise } from './generalise.ts';
import { type ImageLayout, type TracedModel, traceModel } from './trace-model.ts';

/** How a model is written. */
export interface ExportOptions {
  /**
   * Names of the axes that may have any size, for each input, counted as tfjs counts them (images are [N, H, W, C]).
   * Default: those that the model leaves open, named `batch`, and for images `height` and `width`.
   */
  readonly dynamicAxes?: readonly Readonly<Record<number, string>>[];
  /** The order of images' axes in the file's inputs and outputs; default `NCHW`, as most of ONNX's users have them. */
  readonly layout?: ImageLayout;
}

/** Sizes of open axes in two recordings: all different, and good for five poolings by 2. */
const trials = [
  [2, 64, 96, 128, 160],
  [3, 192, 224, 256, 288],
] as const;

/**
 * Writes a tfjs-layers model as an ONNX file, weights inside: what it computes in inference.
 *
 * Needs no ONNX Runtime. Inputs and outputs have the model's own names, weights theirs; operators are those of ONNX's
 * operator set 21.
 *
 * @returns the file's bytes.
 * @throws {Error} if a layer computes what is not recorded, or a free axis changes more than sizes.
 * @example
 * ```ts
 * const model = layers.sequential({ layers: [layers.layers.dense({ units: 2, inputShape: [3] })] });
 * await writeFile('model.onnx', await exportOnnx(model));
 * ```
 */
export async function exportOnnx(
  model: LayersModel,
  { dynamicAxes, layout = 'NCHW' }: ExportOptions = {},
): Promise<Uint8Array> {
  const free = model.inputs.map(({ shape }, i) => dynamicAxes?.[i] ?? openAxes(shape));
  const traced: TracedModel[] = [];
  for (const sizes of trials) {
    const shapes = model.inputs.map(({ shape }, i) =>
      shape.map((size, axis) => (axis in free[i]! || size === null ? sizes[axis % sizes.length]! : size)),
    );
    traced.push(await traceModel(model, shapes, layout));
  }
  return encode(model, free, traced as [TracedModel, TracedModel]);
}

function openAxes(shape: readonly (number | null)[]): Record<number, string> {
  const names = shape.length === 4 ? ['batch', 'height', 'width', 'channels'] : ['batch'];
  return Object.fromEntries(
    shape.flatMap((size, axis) => (size === null ? [[axis, names[axis] ?? `size${axis}`]] : [])),
  );
}

function encode(
  model: LayersModel,
  free: readonly Readonly<Record<number, string>>[],
  [traced, other]: readonly [TracedModel, TracedModel],
): Uint8Array {
  const nodes = generalise(traced, other);
  const { inputs, outputs, weightNames, program } = traced;
  const fixed = program.inputs.filter((value) => !inputs.includes(value));
  const constants = new Set(
    nodes.flatMap((node) => node.inputs).filter((value) => value?.constant !== undefined),
  );
  const names = new Map<Value, string>(weightNames);
  inputs.forEach((value, i) => {
    names.set(value, model.inputNames[i]!);
  });
  outputs.forEach((value, i) => {
    names.set(value, model.outputNames[i]!);
  });
  let count = 0;
  const name = (value: Value): string => {
    let known = names.get(value);
    if (known === undefined) {
      known = `v${count++}`;
      names.set(value, known);
    }
    return known;
  };
  return encodeModel({
    nodes,
    inputs,
    outputs,
    initializers: [...(constants as Set<Value>), ...fixed],
    name,
    dimension: (value, axis, size) => dimensionOf(value, axis, size),
  });

  /** A free axis by its name; outputs have the name of the input's axis whose sizes they follow. */
  function dimensionOf(value: Value, axis: number, size: number): string | number {
    const input = inputs.indexOf(value);
    if (input >= 0) {
      const place = physicalShape({ shape: [...value.shape.keys()], layout: value.layout })[axis]!;
      return free[input]![place] ?? size;
    }
    const twin = physicalShape(other.outputs[outputs.indexOf(value)]!)[axis]!;
    if (twin === size) return size;
    for (const [i, axes] of free.entries()) {
      for (const [place, label] of Object.entries(axes)) {
        const follows =
          inputs[i]!.shape[Number(place)] === size && other.inputs[i]!.shape[Number(place)] === twin;
        if (follows) return label;
      }
    }
    return `${name(value)}_${axis}`;
  }
}
