import { tensor, tidy } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { buildUnet, unetOptions } from './build-unet.ts';
import { resolveUnetOptions, type UnetConfig, type UnetOptions } from './config.ts';
import { decodeSafetensors, encodeSafetensors, type NamedTensor } from './safetensors.ts';
import { unetLayers, weightShapes } from './topology.ts';

/** Metadata key under which the options travel as JSON. */
const optionsKey = 'unet';

/**
 * Reads all weights out of a model, by names such as `down.0.conv.0.kernel`; batch statistics are among them.
 *
 * Shapes are tfjs' own: a kernel is `[height, width, in, out]`, a transposed one `[height, width, out, in]`.
 */
export function readWeights(model: LayersModel): Map<string, NamedTensor> {
  const weights = new Map<string, NamedTensor>();
  for (const layer of unetLayers(unetOptions(model))) {
    const names = Object.keys(weightShapes(layer));
    if (names.length === 0) continue;
    for (const [i, value] of model.getLayer(layer.name).getWeights().entries()) {
      weights.set(`${layer.name}.${names[i]}`, {
        shape: value.shape,
        data: value.dataSync() as Float32Array,
      });
    }
  }
  return weights;
}

/** Throws unless the tensors are exactly those of a network of these options. */
function checkWeights(tensors: ReadonlyMap<string, NamedTensor>, config: UnetConfig): void {
  const expected = new Map<string, number[]>();
  for (const layer of unetLayers(config)) {
    for (const [name, shape] of Object.entries(weightShapes(layer)))
      expected.set(`${layer.name}.${name}`, shape);
  }
  for (const [name, shape] of expected) {
    const found = tensors.get(name)?.shape;
    if (found?.join() !== shape.join()) {
      throw new RangeError(
        `Cannot load weights: '${name}' is ${found ? `[${found}]` : 'missing'}, the model has [${shape}]`,
      );
    }
  }
  for (const name of tensors.keys()) {
    if (!expected.has(name)) throw new RangeError(`Cannot load weights: the model has no '${name}'`);
  }
}

/**
 * Puts weights into a model, all of them or, on an error, none.
 *
 * @throws {RangeError} if a weight is missing, superfluous or of another shape.
 */
export function writeWeights(model: LayersModel, weights: ReadonlyMap<string, NamedTensor>): void {
  const config = unetOptions(model);
  checkWeights(weights, config);
  for (const layer of unetLayers(config)) {
    const names = Object.keys(weightShapes(layer));
    if (names.length === 0) continue;
    tidy(() => {
      const values = names.map((name) => {
        const { data, shape } = weights.get(`${layer.name}.${name}`)!;
        // A copy: some backends keep the array itself.
        return tensor(data.slice(), [...shape], 'float32');
      });
      model.getLayer(layer.name).setWeights(values);
    });
  }
}

/**
 * Saves a model as one safetensors file: weights, the options that rebuild it, and `metadata` of your own.
 *
 * @throws {RangeError} if `metadata` uses the key `unet`, which holds the options.
 * @example
 * ```ts
 * const bytes = saveSafetensors(model, { steps: '400' });
 * loadSafetensors(bytes).predict(images); // the same probabilities
 * ```
 */
export function saveSafetensors(
  model: LayersModel,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  if (optionsKey in metadata) {
    throw new RangeError(`Cannot save weights: metadata key '${optionsKey}' is taken; choose another`);
  }
  const options = JSON.stringify(unetOptions(model));
  return encodeSafetensors(readWeights(model), { [optionsKey]: options, ...metadata });
}

/**
 * Puts the weights of a safetensors file into a model of the same layout; the file's options are not needed.
 *
 * @throws {SyntaxError} if the bytes are not safetensors.
 * @throws {RangeError} if a weight is missing, superfluous or of another shape; the model is then unchanged.
 */
export function loadWeights(model: LayersModel, bytes: Uint8Array): void {
  writeWeights(model, decodeSafetensors(bytes).tensors);
}

/**
 * Rebuilds a model from a file that `saveSafetensors` wrote.
 *
 * The file is not trusted: nothing is built before its weights are known to be those of its options.
 *
 * @throws {SyntaxError} if the bytes are not safetensors or carry no options.
 * @throws {RangeError} if an option is out of range, or a weight is missing, superfluous or of another shape.
 */
export function loadSafetensors(bytes: Uint8Array): LayersModel {
  const { tensors, metadata } = decodeSafetensors(bytes);
  const config = parseOptions(metadata[optionsKey]);
  checkWeights(tensors, config);
  const model = buildUnet(config);
  writeWeights(model, tensors);
  return model;
}

function parseOptions(json: string | undefined): UnetConfig {
  if (json === undefined) {
    throw new SyntaxError(
      `Cannot load model: the file's metadata has no '${optionsKey}'; build the model yourself and use loadWeights`,
    );
  }
  try {
    const options: unknown = JSON.parse(json);
    if (typeof options !== 'object' || options === null) throw new TypeError(`${json} is not a JSON object`);
    return resolveUnetOptions(options as UnetOptions);
  } catch (cause) {
    throw new SyntaxError(`Cannot load model: metadata '${optionsKey}' does not describe a U-Net`, { cause });
  }
}
