import { type LayersModel, Sequential } from '@tensorflow/tfjs-layers';
import { encodeModel } from '../graph/model.ts';
import { physicalShape, type Value } from '../graph/value.ts';
import { foldWeights } from './fold-weights.ts';
import { forAnySize } from './for-any-size.ts';
import {
  axesOfInputs,
  type InputAxes,
  type InputSizes,
  required,
  shapesOf,
  type Trial,
  trialsOf,
} from './free-axes.ts';
import { Names } from './names.ts';
import { inOldestSet } from './operator-set.ts';
import { expressSize, textOf } from './size-expression.ts';
import { type ImageLayout, type TracedModel, traceModel } from './trace-model.ts';
import { type Borrowed, copyOf } from './tracing-backend.ts';

/** How a model is written. */
export interface ExportOptions {
  /**
   * For each input, axes by their number as tfjs counts them (images are [N, H, W, C]): a name for an axis that may have
   * any size, or the size that it has. Axes of the same name have the same size. Default: all that the model leaves open,
   * named `batch`, and for images `height` and `width`.
   */
  readonly dynamicAxes?: readonly InputAxes[];
  /** The order of images' axes in the file's inputs and outputs; default `NCHW`, as most of ONNX's users have them. */
  readonly layout?: ImageLayout;
}

/**
 * Writes a tfjs-layers model as an ONNX file, weights inside: what it computes in inference.
 *
 * Needs no ONNX Runtime, and leaves the current backend, the weights and `tf.memory()` as they are. Inputs, outputs and
 * weights have the model's names. Operators are those of ONNX's operator set 17, or 21 where a layer needs it.
 *
 * @returns the file's bytes.
 * @throws {RangeError} if `dynamicAxes` do not fit the model's inputs.
 * @throws {Error} if a layer computes what ONNX cannot, or not for any size of a free axis; the message names the layer.
 * @example
 * ```ts
 * const model = tf.sequential({ layers: [tf.layers.dense({ name: 'twice', units: 1, inputShape: [1], useBias: false })] });
 * model.setWeights([tf.tensor2d([[2]])]);
 * await writeFile('twice.onnx', await exportOnnx(model));
 *
 * const session = await InferenceSession.create('twice.onnx'); // of onnxruntime-node
 * const feeds = { twice_input: new Tensor('float32', [1, 2, 3], [3, 1]) };
 * (await session.run(feeds)).twice.data; // 2, 4, 6
 * ```
 */
export async function exportOnnx(
  model: LayersModel,
  { dynamicAxes, layout = 'NCHW' }: ExportOptions = {},
): Promise<Uint8Array> {
  // A sequential model has no inputs before.
  if (model instanceof Sequential && !model.built) model.build();
  const axes = axesOfInputs(model, dynamicAxes);
  const weights = model.weights.map((weight) => weight.read());
  const numbers = await Promise.all(weights.map((weight) => weight.data()));
  const borrowed: Borrowed = new Map(
    weights.map((weight, i) => [weight.dataId, copyOf(weight, numbers[i]!)] as const),
  );
  const trials: Trial[] = [];
  const traced: TracedModel[] = [];
  for (const trial of trialsOf(axes)) {
    try {
      traced.push(traceModel(model, shapesOf(axes, trial), layout, borrowed));
      trials.push(trial);
    } catch (error) {
      // Not every model can have every size: one with skip connections needs even ones.
      if (trials.length < required) throw error;
    }
  }
  const names = new Names();
  for (const [i, value] of traced[0]!.inputs.entries()) names.of(value, model.inputNames[i]!);
  for (const [i, value] of traced[0]!.outputs.entries()) names.of(value, model.outputNames[i]!);
  const named = new Map(
    model.weights.map((weight, i) => [borrowed.get(weights[i]!.dataId)!, weight.originalName] as const),
  );
  return encode(traced, trials, axes, names, named);
}

function encode(
  traced: readonly TracedModel[],
  trials: readonly Trial[],
  axes: readonly InputSizes[],
  names: Names,
  weightNames: ReadonlyMap<Value, string>,
): Uint8Array {
  const [{ inputs, outputs, layers }] = traced as [TracedModel];
  const { nodes: folded, origins } = foldWeights(forAnySize(traced, trials, axes), outputs);
  const { nodes, operators } = inOldestSet(folded);
  const initializers = new Set(
    nodes.flatMap((node) => node.inputs.flatMap((input) => (input?.data === undefined ? [] : [input]))),
  );
  for (const value of initializers) {
    const name = weightNames.get(origins.get(value) ?? value);
    if (name !== undefined) names.of(value, name);
  }
  const labels = new Names();
  const layerOf = new Map([...layers].map(([node, layer]) => [node.outputs[0]!, layer]));
  return encodeModel({
    nodes,
    inputs,
    outputs,
    initializers: [...initializers],
    operators,
    name: (value) => names.of(value),
    label: ({ operator, outputs }) =>
      labels.free([layerOf.get(outputs[0]!), operator.type].filter(Boolean).join('/')),
    dimension: dimensionOf,
  });

  /** A free axis by its name, an output's by how it follows one. */
  function dimensionOf(value: Value, axis: number, size: number): string | number {
    const input = inputs.indexOf(value);
    if (input >= 0) {
      const order = physicalShape({ shape: [...value.shape.keys()], layout: value.layout });
      return axes[input]![order[axis]!]!;
    }
    const output = outputs.indexOf(value);
    const sizes = traced.map((other) => physicalShape(other.outputs[output]!)[axis]!);
    if (sizes.every((other) => other === size)) return size;
    const expression = expressSize(sizes, trials);
    return expression ? textOf(expression) : `${names.of(value)}_${axis}`;
  }
}
