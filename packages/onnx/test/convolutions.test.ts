import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type Arranged,
  backends,
  difference,
  inLayout,
  numbers,
  record,
  startBackends,
} from './on-backend.ts';
import { type ReferenceCase, referenceConvolution } from './reference-convolution.ts';

interface Case {
  readonly batch?: number;
  readonly size: readonly number[];
  readonly channels: number;
  readonly filters: number;
  readonly window: readonly number[];
  readonly strides?: readonly number[];
  readonly dilations?: readonly number[];
  readonly pad?: 'same' | 'valid' | number | [number, number][];
}

const [h, w] = [9, 8];
const images: readonly Case[] = [
  // Channels around the sizes of blocks, both ways.
  ...[1, 3, 7, 8, 16, 20, 32, 48].flatMap((channels) => [
    { size: [h, w], channels, filters: 16, window: [3, 3], pad: 'same' as const },
    { size: [h, w], channels: 16, filters: channels, window: [3, 3], pad: 'same' as const },
  ]),
  { size: [h, w], channels: 16, filters: 32, window: [1, 1] },
  { size: [h, w], channels: 32, filters: 16, window: [2, 3], pad: 'valid' },
  { size: [h, w], channels: 16, filters: 16, window: [3, 3], strides: [2, 2], pad: 'same' },
  { size: [h, w], channels: 16, filters: 16, window: [3, 2], strides: [2, 3], pad: 'valid' },
  { size: [8, 8], channels: 32, filters: 16, window: [2, 2], strides: [2, 2], pad: 'same' },
  { size: [9, 9], channels: 16, filters: 16, window: [2, 2], strides: [3, 3], pad: 'valid' },
  { size: [h, w], channels: 16, filters: 16, window: [3, 3], pad: 2 },
  { size: [h, w], channels: 16, filters: 16, window: [2, 2], pad: 3 },
  {
    size: [h, w],
    channels: 16,
    filters: 16,
    window: [3, 3],
    pad: [
      [0, 2],
      [1, 0],
    ],
  },
  {
    size: [h, w],
    channels: 5,
    filters: 16,
    window: [3, 3],
    strides: [2, 1],
    pad: [
      [3, 0],
      [0, 4],
    ],
  },
  { size: [h, w], channels: 16, filters: 16, window: [3, 3], dilations: [2, 2], pad: 'same' },
  { size: [h, w], channels: 3, filters: 5, window: [3, 2], dilations: [2, 3], pad: 'valid' },
  { batch: 1, size: [1, 1], channels: 16, filters: 16, window: [3, 3], pad: 'same' },
  { batch: 16, size: [4, 4], channels: 16, filters: 16, window: [3, 3], pad: 'same' },
  { batch: 32, size: [3, 3], channels: 32, filters: 16, window: [3, 3], pad: 'same' },
  { batch: 32, size: [3, 3], channels: 16, filters: 32, window: [2, 2], strides: [2, 2], pad: 'same' },
  { batch: 16, size: [8, 8], channels: 7, filters: 32, window: [3, 3], pad: 'same' },
];
const depthwise: readonly Case[] = [
  ...[1, 3, 8, 16, 20, 32].map((channels) => ({
    ...{ size: [h, w], channels, filters: 1, window: [3, 3], pad: 'same' as const },
  })),
  { size: [h, w], channels: 16, filters: 2, window: [3, 3], pad: 'same' },
  { size: [h, w], channels: 3, filters: 4, window: [2, 3], pad: 'valid' },
  { size: [h, w], channels: 16, filters: 1, window: [3, 3], strides: [2, 2], pad: 'same' },
  { size: [h, w], channels: 16, filters: 1, window: [2, 2], pad: 2 },
  {
    size: [h, w],
    channels: 16,
    filters: 1,
    window: [3, 3],
    pad: [
      [1, 2],
      [0, 1],
    ],
  },
  { size: [h, w], channels: 16, filters: 1, window: [3, 3], dilations: [2, 2], pad: 'same' },
  { size: [h, w], channels: 5, filters: 3, window: [3, 2], dilations: [1, 3], pad: 'valid' },
];
const volumes: readonly Case[] = [
  { size: [5, 6, 4], channels: 3, filters: 4, window: [3, 3, 3], pad: 'same' },
  { size: [5, 6, 4], channels: 16, filters: 2, window: [2, 3, 1], pad: 'valid' },
  { size: [5, 6, 4], channels: 2, filters: 3, window: [3, 3, 3], strides: [2, 2, 2], pad: 'same' },
  { size: [5, 7, 4], channels: 1, filters: 2, window: [2, 2, 2], strides: [2, 3, 1], pad: 1 },
  { size: [5, 6, 5], channels: 2, filters: 3, window: [3, 2, 2], dilations: [2, 2, 2], pad: 'valid' },
  { batch: 1, size: [4, 4, 4], channels: 2, filters: 2, window: [1, 1, 1] },
];

beforeAll(startBackends);

describe.each(backends)('on %s', (backend, layouts) => {
  beforeAll(() => tf.setBackend(backend));

  describe('conv2d and its gradients', () => {
    it.each(images.map(named))('%s', (_, given) => {
      expectAgreement(given, false, layouts, ['Conv2D', 'Conv2DBackpropInput', 'Conv2DBackpropFilter']);
    });
  });

  describe('depthwiseConv2d and its gradients', () => {
    it.each(depthwise.map(named))('%s', (_, given) => {
      const name = 'DepthwiseConv2dNative';
      expectAgreement(given, true, layouts, [name, `${name}BackpropInput`, `${name}BackpropFilter`]);
    });
  });
});

describe('conv3d and its gradients', () => {
  it.each(volumes.map(named))('%s', (_, given) => {
    expectAgreement(given, false, ['plain'], ['Conv3D', 'Conv3DBackpropInputV2', 'Conv3DBackpropFilterV2']);
  });
});

describe('gradients with dilation, which tfjs lacks', () => {
  beforeAll(() => tf.setBackend('onnx'));

  const operations: Record<string, readonly [ownFilters: boolean, given: Case, run: Convolve]> = {
    conv2d: [
      false,
      { size: [9, 8], channels: 3, filters: 4, window: [3, 3], dilations: [2, 3], pad: 'same' },
      (x, filter) => tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, 'same', 'NHWC', [2, 3]),
    ],
    depthwiseConv2d: [
      true,
      { size: [9, 8], channels: 3, filters: 2, window: [3, 3], dilations: [2, 3], pad: 'same' },
      (x, filter) => tf.depthwiseConv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, 'same', 'NHWC', [2, 3]),
    ],
    conv3d: [
      false,
      { size: [5, 6, 5], channels: 2, filters: 3, window: [2, 3, 2], dilations: [2, 1, 3], pad: 'same' },
      (x, filter) => tf.conv3d(x as tf.Tensor5D, filter as tf.Tensor5D, 1, 'same', 'NDHWC', [2, 1, 3]),
    ],
  };

  it.each(Object.entries(operations))('%s', (_, [ownFilters, given, run]) => {
    const { reference, xShape, filterShape, yShape } = resolve(given, ownFilters);
    const [x, filter, dy] = [numbers(xShape, 1), numbers(filterShape, 2), numbers(yShape, 3)];
    const expected = referenceConvolution(reference, x, filter, dy);
    const gradients = tf.grads(run)(
      [tf.tensor(x, xShape), tf.tensor(filter, filterShape)],
      tf.tensor(dy, yShape),
    );
    const [dx, dFilter] = gradients.map((tensor) => tensor.dataSync());
    expect(difference(dx!, expected.dx)).toBeLessThan(1e-5);
    expect(difference(dFilter!, expected.dFilter)).toBeLessThan(1e-5);
  });

  it('are still refused by other backends', async () => {
    await tf.setBackend('cpu');
    const [, , run] = operations.conv2d!;
    const differentiate = (): unknown => tf.grads(run)([tf.ones([1, 8, 8, 1]), tf.ones([3, 3, 1, 1])]);
    expect(differentiate).toThrow('dilation rates greater than 1 are not yet supported in gradients');
    await tf.setBackend('onnx');
  });
});

type Convolve = (x: tf.Tensor, filter: tf.Tensor) => tf.Tensor;

function named(given: Case): [string, Case] {
  const { size, channels, filters, window, strides, dilations, pad = 'valid', batch = 2 } = given;
  const told = [`${batch}x${size.join('x')}x${channels} * ${window.join('x')}x${filters}`];
  if (strides) told.push(`strides ${strides}`);
  if (dilations) told.push(`dilations ${dilations}`);
  return [[...told, `pad ${JSON.stringify(pad)}`].join(', '), given];
}

/** Holds three kernels to the definition of a convolution: the result, the gradients by the image and by the filter. */
function expectAgreement(
  given: Case,
  ownFilters: boolean,
  layouts: readonly Arranged[],
  [forward, byImage, byFilter]: [string, string, string],
): void {
  const { reference, attributes, xShape, filterShape, yShape } = resolve(given, ownFilters);
  const [x, filter, dy] = [numbers(xShape, 1), numbers(filterShape, 2), numbers(yShape, 3)];
  const expected = referenceConvolution(reference, x, filter, dy);
  for (const layout of layouts) {
    const found = tf.tidy(() => {
      const image = inLayout(tf.tensor(x, xShape), layout);
      const gradients = inLayout(tf.tensor(dy, yShape), layout);
      const weights = tf.tensor(filter, filterShape);
      return [
        record(forward, { x: image, filter: weights }, attributes),
        record(byImage, { dy: gradients, filter: weights }, { ...attributes, inputShape: xShape }),
        record(byFilter, { x: image, dy: gradients }, { ...attributes, filterShape }),
      ].map((tensor) => tensor.dataSync<'float32'>());
    });
    for (const [i, values] of [expected.y, expected.dx, expected.dFilter].entries()) {
      expect(difference(found[i]!, values), `${['y', 'dx', 'dFilter'][i]} in layout ${layout}`).toBeLessThan(
        1e-5,
      );
    }
  }
}

function resolve(given: Case, ownFilters: boolean) {
  const { batch = 2, size, channels, filters, window } = given;
  const ones = size.map(() => 1);
  const { strides = ones, dilations = ones, pad = 'valid' } = given;
  const xShape = [batch, ...size, channels];
  const filterShape = [...window, channels, filters];
  const attributes = {
    ...{ strides, dilations, dataFormat: 'NHWC' },
    pad: Array.isArray(pad) ? [[0, 0], ...pad, [0, 0]] : pad,
  };
  const flat = size.length === 2;
  const info = flat
    ? tf.backend_util.computeConv2DInfo(
        xShape as [number, number, number, number],
        filterShape as [number, number, number, number],
        strides as [number, number],
        dilations as [number, number],
        attributes.pad as 'same',
        undefined,
        ownFilters,
      )
    : tf.backend_util.computeConv3DInfo(
        xShape as [number, number, number, number, number],
        filterShape as [number, number, number, number, number],
        strides as [number, number, number],
        dilations as [number, number, number],
        pad as 'same',
      );
  const { padInfo } = info;
  const before = ['front' in padInfo ? [padInfo.front] : [], padInfo.top, padInfo.left].flat();
  const yShape = [...info.outShape];
  const reference: ReferenceCase = {
    ...{ size, window, strides, dilations, before, batch, channels, filters },
    outSize: yShape.slice(1, -1),
    depthwise: ownFilters,
  };
  return { reference, attributes, xShape, filterShape, yShape };
}
