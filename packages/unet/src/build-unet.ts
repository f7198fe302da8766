import { input, type LayersModel, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { resolveUnetOptions, type UnetConfig, type UnetOptions } from './config.ts';
import { initialisersOf } from './initialise.ts';
import { imageName, type UnetLayer, unetLayers } from './topology.ts';

type Layer = layers.Layer;

/** The tfjs layer for the `n`-th layer of the network: standard layers only, so that a saved model opens anywhere. */
function createLayer(layer: UnetLayer, n: number, config: UnetConfig): Layer {
  const { name } = layer;
  switch (layer.kind) {
    case 'norm':
      return layers.batchNormalization({
        name,
        momentum: config.batchNormMomentum,
        epsilon: config.batchNormEpsilon,
      });
    case 'conv':
      return layers.conv2d({
        name,
        filters: layer.channels,
        kernelSize: layer.size,
        padding: 'same',
        useBias: layer.bias,
        activation: layer.activation,
        ...initialisersOf(layer, n, config),
      });
    case 'transposed':
      return layers.conv2dTranspose({
        name,
        filters: layer.channels,
        kernelSize: 2,
        strides: 2,
        ...initialisersOf(layer, n, config),
      });
    case 'relu':
      return layers.activation({ name, activation: 'relu' });
    case 'pool':
      return layer.pooling === 'average'
        ? layers.averagePooling2d({ name, poolSize: 2 })
        : layers.maxPooling2d({ name, poolSize: 2 });
    case 'resize':
      return layers.upSampling2d({ name, size: [2, 2], interpolation: layer.interpolation });
    case 'concat':
      return layers.concatenate({ name });
  }
}

/**
 * Builds a U-Net that gives each pixel a probability.
 *
 * It maps images `[batch, height, width, inputChannels]` in HU to `[batch, height, width, 1]` in [0, 1], for any height
 * and width that 2^(depth − 1) divides, so the weights trained on crops run on whole slices.
 *
 * @throws {RangeError} if an option is out of its range; {@link resolveUnetOptions} lists them.
 * @example
 * ```ts
 * const model = buildUnet({ preset: 'dlwpt', seed: 1 });
 * model.outputs[0].shape; // [null, null, null, 1]
 * ```
 */
export function buildUnet(options: UnetOptions = {}): LayersModel {
  const config = resolveUnetOptions(options);
  const image = input({ name: imageName, shape: [null, null, config.inputChannels] });
  const outputs = new Map<string, SymbolicTensor>([[imageName, image]]);
  let last = image;
  for (const [n, layer] of unetLayers(config).entries()) {
    const inputs = layer.inputs.map((name) => outputs.get(name)!);
    last = createLayer(layer, n, config).apply(inputs.length === 1 ? inputs[0]! : inputs) as SymbolicTensor;
    outputs.set(layer.name, last);
  }
  const unet = model({ name: 'unet', inputs: image, outputs: last });
  const { seed: _, ...topology } = config;
  unet.setUserDefinedMetadata({ unet: topology });
  return unet;
}

/**
 * The options that a model was built from, all defaults filled in, the seed left out.
 *
 * @throws {TypeError} if the model does not come from `buildUnet`, at first hand or through a file.
 */
export function unetOptions(model: LayersModel): UnetConfig {
  const metadata = model.getUserDefinedMetadata() as { unet?: UnetOptions } | undefined;
  if (!metadata?.unet) {
    throw new TypeError(`Cannot tell the options of model '${model.name}': it was not made by buildUnet`);
  }
  return resolveUnetOptions(metadata.unet);
}
