import type { UnetConfig } from './config.ts';

/** Stands for the image itself among a layer's inputs. */
export const imageName = 'image';

interface Named {
  readonly name: string;
  /** Names of the layers it reads; `imageName` for the image. */
  readonly inputs: readonly string[];
}

/** One layer of the network as plain data: what it reads and what it does. */
export type UnetLayer = Named &
  (
    | { readonly kind: 'norm'; readonly channels: number }
    | {
        readonly kind: 'conv';
        readonly size: 1 | 3;
        readonly inputChannels: number;
        readonly channels: number;
        readonly activation: 'linear' | 'relu' | 'sigmoid';
        readonly bias: boolean;
      }
    | { readonly kind: 'relu' }
    | { readonly kind: 'pool'; readonly pooling: 'average' | 'max' }
    | { readonly kind: 'transposed'; readonly inputChannels: number; readonly channels: number }
    | { readonly kind: 'resize'; readonly interpolation: 'nearest' | 'bilinear' }
    | { readonly kind: 'concat' }
  );

/** Convolutions of one level, each with its ReLU and normalisation in the order asked for. */
function block(
  name: string,
  input: string,
  inputChannels: number,
  channels: number,
  config: UnetConfig,
): UnetLayer[] {
  const { normalisation, blockConvolutions } = config;
  const layers: UnetLayer[] = [];
  let last = input;
  for (let i = 0; i < blockConvolutions; i++) {
    const conv = `${name}.conv.${i}`;
    const norm = `${name}.norm.${i}`;
    layers.push({
      name: conv,
      kind: 'conv',
      inputs: [last],
      size: 3,
      inputChannels: i === 0 ? inputChannels : channels,
      channels,
      activation: normalisation === 'before' ? 'linear' : 'relu',
      // A normalisation right behind takes any bias out again: its gradient is rounding noise, which Adam would blow up.
      bias: normalisation !== 'before',
    });
    last = conv;
    if (normalisation === 'none') continue;
    layers.push({ name: norm, kind: 'norm', inputs: [conv], channels });
    last = norm;
    if (normalisation === 'after') continue;
    layers.push({ name: `${name}.relu.${i}`, kind: 'relu', inputs: [norm] });
    last = `${name}.relu.${i}`;
  }
  return layers;
}

/**
 * Lists the network's layers in the order in which they run; all else about the network is derived from this list.
 *
 * Names tell level and role: `down.0.conv.1` is the first level's second convolution, `up.0.…` its mirror image on
 * the way back, `head` the 1×1 convolution with the sigmoid.
 */
export function unetLayers(config: UnetConfig): UnetLayer[] {
  const { inputChannels, filters, depth, pooling, upsampling } = config;
  const channelsAt = (level: number): number => filters * 2 ** level;
  const layers: UnetLayer[] = [];
  const lastName = (): string => layers.at(-1)?.name ?? imageName;
  if (config.inputNormalisation) {
    layers.push({ name: 'norm', kind: 'norm', inputs: [imageName], channels: inputChannels });
  }
  const skips: string[] = [];
  for (let level = 0; level < depth; level++) {
    const name = `down.${level}`;
    if (level > 0) layers.push({ name: `${name}.pool`, kind: 'pool', inputs: [lastName()], pooling });
    const before = level > 0 ? channelsAt(level - 1) : inputChannels;
    layers.push(...block(name, lastName(), before, channelsAt(level), config));
    skips.push(lastName());
  }
  for (let level = depth - 2; level >= 0; level--) {
    const name = `up.${level}`;
    const below = channelsAt(level + 1);
    const channels = channelsAt(level);
    const inputs = [lastName()];
    layers.push(
      upsampling === 'transposed'
        ? { name: `${name}.transposed`, kind: 'transposed', inputs, inputChannels: below, channels }
        : { name: `${name}.resize`, kind: 'resize', inputs, interpolation: upsampling },
    );
    const risen = upsampling === 'transposed' ? channels : below;
    layers.push({ name: `${name}.concat`, kind: 'concat', inputs: [lastName(), skips[level]!] });
    layers.push(...block(name, lastName(), risen + channels, channels, config));
  }
  layers.push({
    name: 'head',
    kind: 'conv',
    inputs: [lastName()],
    size: 1,
    inputChannels: filters,
    channels: 1,
    activation: 'sigmoid',
    bias: true,
  });
  return layers;
}

/**
 * Shapes of a layer's weights in tfjs' order, by their name within the layer; none for a layer without weights.
 *
 * A convolution's kernel is `[height, width, in, out]`, a transposed one's `[height, width, out, in]`.
 */
export function weightShapes(layer: UnetLayer): Record<string, number[]> {
  switch (layer.kind) {
    case 'norm': {
      const shape = [layer.channels];
      return { gamma: shape, beta: shape, movingMean: shape, movingVariance: shape };
    }
    case 'conv':
      return {
        kernel: [layer.size, layer.size, layer.inputChannels, layer.channels],
        ...(layer.bias && { bias: [layer.channels] }),
      };
    case 'transposed':
      return { kernel: [2, 2, layer.channels, layer.inputChannels], bias: [layer.channels] };
    default:
      return {};
  }
}
