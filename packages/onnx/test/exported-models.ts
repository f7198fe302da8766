import * as tf from '@tensorflow/tfjs-core';
import { input, type LayersModel, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { ExportOptions, ImageLayout } from '../src/index.ts';

/** A model to export, and shapes of its inputs to run it with. */
export interface Sample {
  readonly what: string;
  readonly build: () => LayersModel;
  readonly runs: readonly (readonly number[][])[];
  readonly options?: ExportOptions;
  /** Inputs are whole numbers below this. */
  readonly below?: number;
}

type Layer = layers.Layer;
type Shape = (number | null)[];

/** Layers one after the other. */
function chain(shape: Shape, ...list: Layer[]): LayersModel {
  const start = input({ shape, name: 'image' });
  const end = list.reduce((x, layer) => layer.apply(x) as SymbolicTensor, start);
  return model({ inputs: start, outputs: end });
}

const any: Shape = [null, null, 3];
const same = 'same' as const;
/** Even and odd sizes, one image and several. */
const imageRuns = [[[2, 8, 10, 3]], [[1, 7, 9, 3]], [[3, 5, 12, 3]]];
const recurrentInitializer = 'glorotNormal';

function images(what: string, ...list: (() => Layer)[]): Sample {
  return { what, build: () => chain(any, ...list.map((make) => make())), runs: imageRuns };
}

/** A model of two images, with two outputs of which one is the other's source. */
function twoImages(): LayersModel {
  const left = input({ shape: [null, null, 4], name: 'left' });
  const right = input({ shape: [null, null, 4], name: 'right' });
  const mean = layers.average({ name: 'mean' }).apply([left, right]) as SymbolicTensor;
  const most = layers.maximum().apply([mean, right]) as SymbolicTensor;
  const tall = layers.concatenate({ axis: 1, name: 'tall' }).apply([most, left]) as SymbolicTensor;
  return model({ inputs: [left, right], outputs: [mean, tall] });
}

/** A model of two vectors whose third output is an input as it is. */
function twoVectors(): LayersModel {
  const [a, b] = [input({ shape: [4], name: 'a' }), input({ shape: [4], name: 'b' })];
  const sum = layers.add().apply([a, b]) as SymbolicTensor;
  const product = layers.multiply().apply([sum, b]) as SymbolicTensor;
  const joined = layers.concatenate().apply([product, a, sum]) as SymbolicTensor;
  const dot = layers.dot({ axes: 1 }).apply([a, b]) as SymbolicTensor;
  return model({ inputs: [a, b], outputs: [joined, dot, a] });
}

/** A model in which a model is a layer, used twice. */
function nested(): LayersModel {
  const block = chain([4], layers.dense({ units: 4, activation: 'tanh', name: 'inside' }));
  const start = input({ shape: [4] });
  return model({ inputs: start, outputs: block.apply(block.apply(start)) as SymbolicTensor });
}

/** Two levels of a U-Net with strided convolutions: heights and widths that 2 divides, of which halves may be odd. */
function stridedUnet(): LayersModel {
  const start = input({ shape: any });
  const conv = (strides: number, x: SymbolicTensor): SymbolicTensor =>
    layers.conv2d({ filters: 4, kernelSize: 3, strides, padding: same }).apply(x) as SymbolicTensor;
  const half = conv(2, conv(1, start));
  const up = layers.upSampling2d({ size: [2, 2], interpolation: 'bilinear' }).apply(half) as SymbolicTensor;
  const joined = layers.concatenate().apply([up, start]) as SymbolicTensor;
  return model({ inputs: start, outputs: [joined, conv(2, half)] });
}

export const samples: readonly Sample[] = [
  {
    what: 'dense layers',
    build: () =>
      chain(
        [5],
        layers.dense({ units: 3, activation: 'relu' }),
        layers.dense({ units: 2, activation: 'softmax' }),
      ),
    runs: [[[4, 5]], [[1, 5]]],
  },
  {
    what: 'activations',
    build: () =>
      chain(
        [5],
        ...(
          ['tanh', 'softplus', 'softsign', 'selu', 'hardSigmoid', 'relu6', 'swish', 'mish', 'gelu'] as const
        ).map((activation) => layers.activation({ activation: activation as 'tanh' })),
      ),
    runs: [[[4, 5]]],
  },
  {
    what: 'convolution and pooling over sequences',
    build: () =>
      chain(
        [null, 3],
        layers.conv1d({ filters: 4, kernelSize: 3, padding: same, strides: 2 }),
        layers.maxPooling1d({ poolSize: 2 }),
        layers.globalAveragePooling1d({}),
      ),
    runs: [[[2, 10, 3]], [[1, 7, 3]]],
  },
  images('layer normalisation', () => layers.layerNormalization({ axis: -1 })),
  images('a strided convolution', () =>
    layers.conv2d({ kernelSize: 3, filters: 5, padding: same, strides: 2, activation: 'relu' }),
  ),
  images('a dilated convolution', () =>
    layers.conv2d({ kernelSize: 3, filters: 5, padding: 'valid', dilationRate: 2 }),
  ),
  images('a strided depthwise convolution', () =>
    layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, padding: same, strides: [2, 2] }),
  ),
  images('a separable convolution', () =>
    layers.separableConv2d({ kernelSize: 3, filters: 5, padding: same, strides: 2 } as never),
  ),
  images(
    'transposed convolutions',
    () => layers.conv2dTranspose({ kernelSize: 3, filters: 5, padding: same, strides: 2 }),
    () => layers.conv2dTranspose({ kernelSize: 3, filters: 2, padding: 'valid', strides: 2 }),
  ),
  images('padded max pooling', () => layers.maxPooling2d({ poolSize: 3, strides: 2, padding: same })),
  images('padded average pooling', () => layers.averagePooling2d({ poolSize: 3, strides: 2, padding: same })),
  images(
    'pooling',
    () => layers.maxPooling2d({ poolSize: 2 }),
    () => layers.averagePooling2d({ poolSize: [2, 3], strides: [1, 1] }),
  ),
  images('global average pooling', () => layers.globalAveragePooling2d({})),
  images('global max pooling', () => layers.globalMaxPooling2d({})),
  images('nearest up-sampling', () => layers.upSampling2d({ size: [2, 3] })),
  images('bilinear up-sampling', () => layers.upSampling2d({ size: [2, 3], interpolation: 'bilinear' })),
  images(
    'padding and cropping',
    () =>
      layers.zeroPadding2d({
        padding: [
          [1, 2],
          [0, 1],
        ] as never,
      }),
    () =>
      layers.cropping2D({
        cropping: [
          [1, 0],
          [0, 3],
        ],
      }),
  ),
  images(
    'normalisation, dropout and activations with weights',
    () =>
      layers.batchNormalization({ movingMeanInitializer: 'ones', gammaInitializer: 'glorotNormal' as never }),
    () => layers.dropout({ rate: 0.5 }),
    () => layers.leakyReLU({ alpha: 0.2 }),
    () => layers.prelu({ sharedAxes: [1, 2], alphaInitializer: 'ones' } as never),
    () => layers.elu(),
  ),
  {
    what: 'a classifier of images of one size',
    build: () =>
      chain(
        [8, 6, 3],
        layers.conv2d({ kernelSize: 3, filters: 4 }),
        layers.flatten(),
        layers.dense({ units: 2 }),
      ),
    runs: [[[2, 8, 6, 3]], [[1, 8, 6, 3]]],
  },
  { what: 'a U-Net with strides', build: stridedUnet, runs: [[[1, 8, 10, 3]], [[2, 6, 14, 3]]] },
  {
    what: 'two images in and out',
    build: twoImages,
    runs: [
      [
        [3, 4, 5, 4],
        [3, 4, 5, 4],
      ],
    ],
  },
  {
    what: 'two vectors in',
    build: twoVectors,
    runs: [
      [
        [3, 4],
        [3, 4],
      ],
    ],
  },
  { what: 'a model in a model', build: nested, runs: [[[3, 4]]] },
  {
    what: 'volumes',
    build: () =>
      chain(
        [null, null, null, 2],
        layers.conv3d({ filters: 3, kernelSize: 3, padding: same }),
        layers.maxPooling3d({ poolSize: 2 }),
      ),
    runs: [[[1, 4, 6, 8, 2]], [[2, 5, 4, 7, 2]]],
  },
  {
    what: 'an LSTM',
    build: () => chain([4, 3], layers.lstm({ units: 4, recurrentInitializer })),
    runs: [[[2, 4, 3]], [[1, 4, 3]]],
  },
  {
    what: 'an LSTM for one length of sequence',
    build: () => chain([null, 3], layers.lstm({ units: 4, recurrentInitializer })),
    options: { dynamicAxes: [{ 0: 'sequences', 1: 4 }] },
    runs: [[[2, 4, 3]]],
  },
  {
    what: 'a GRU in both directions',
    build: () =>
      chain(
        [4, 3],
        layers.bidirectional({
          layer: layers.gru({ units: 2, returnSequences: true, recurrentInitializer }),
          mergeMode: 'concat',
        }),
      ),
    runs: [[[2, 4, 3]]],
  },
  {
    what: 'an embedding of words',
    build: () =>
      chain(
        [6],
        layers.embedding({ inputDim: 10, outputDim: 4 }),
        layers.reshape({ targetShape: [8, 3] }),
        layers.permute({ dims: [2, 1] }),
        layers.timeDistributed({ layer: layers.dense({ units: 2 }) }),
      ),
    runs: [[[2, 6]], [[1, 6]]],
    below: 10,
  },
];

/** Numbers for a model's inputs. */
export function numbersFor({ below }: Sample, shapes: readonly number[][]): tf.Tensor[] {
  return shapes.map((shape, i) =>
    below === undefined
      ? tf.randomNormal(shape, 0, 1, 'float32', 7 + i)
      : tf.floor(tf.randomUniform(shape, 0, below, 'float32', 7 + i)),
  );
}

/** A tensor as a file of that layout has it: its elements, and its shape. */
export function inLayout(tensor: tf.Tensor, layout: ImageLayout): { values: Float32Array; shape: number[] } {
  const image = tensor.rank === 4 && layout === 'NCHW';
  const moved = image ? tf.transpose(tensor, [0, 3, 1, 2]) : tensor;
  return { values: moved.dataSync() as Float32Array, shape: moved.shape };
}
