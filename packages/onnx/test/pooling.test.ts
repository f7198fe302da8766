import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type Arranged,
  backends,
  difference,
  inLayout,
  numbers,
  onCpu,
  record,
  startBackends,
} from './on-backend.ts';

interface Case {
  readonly shape: number[];
  readonly filterSize: number[];
  readonly strides: number[];
  readonly pad: 'valid' | 'same' | number;
}

const images: Case[] = [
  { shape: [2, 6, 8, 16], filterSize: [2, 2], strides: [2, 2], pad: 'valid' },
  { shape: [1, 6, 9, 32], filterSize: [2, 3], strides: [2, 3], pad: 'valid' },
  { shape: [2, 7, 5, 3], filterSize: [2, 2], strides: [2, 2], pad: 'same' },
  { shape: [2, 7, 5, 16], filterSize: [2, 2], strides: [2, 2], pad: 'valid' },
  { shape: [2, 7, 7, 16], filterSize: [3, 3], strides: [2, 2], pad: 'same' },
  { shape: [2, 6, 6, 5], filterSize: [3, 3], strides: [1, 1], pad: 1 },
  { shape: [2, 5, 7, 16], filterSize: [1, 1], strides: [2, 2], pad: 'valid' },
];
const volumes: Case[] = [
  { shape: [2, 4, 6, 2, 3], filterSize: [2, 2, 2], strides: [2, 2, 2], pad: 'valid' },
  { shape: [1, 4, 4, 6, 16], filterSize: [2, 1, 3], strides: [2, 1, 3], pad: 'valid' },
  { shape: [1, 5, 6, 4, 2], filterSize: [3, 3, 3], strides: [2, 2, 2], pad: 'same' },
  { shape: [1, 5, 6, 4, 2], filterSize: [2, 2, 2], strides: [1, 1, 1], pad: 'valid' },
];

beforeAll(startBackends);

describe.each(backends)('on %s', (backend, layouts) => {
  beforeAll(() => tf.setBackend(backend));

  describe.each(['MaxPool', 'AvgPool'] as const)('%s and its gradient', (kernel) => {
    it.each(images.map(named))('over images: %s', async (_, given) => {
      const expected = await onCpu(() => pool(kernel, given));
      for (const layout of layouts) {
        expectAgreement(kernel, given, pool(kernel, given, layout), expected, `layout ${layout}`);
      }
    });

    it.each(volumes.map(named))('over volumes: %s', async (_, given) => {
      const expected = await onCpu(() => pool(`${kernel}3D`, given));
      expectAgreement(kernel, given, pool(`${kernel}3D`, given, 'plain'), expected, 'volume');
    });
  });

  describe('the gradient of max pooling', () => {
    it.each(layouts)('goes to the first of equal maxima, in layout %s', (layout) => {
      const rows = [
        [1, 1, 0, 0],
        [1, 1, 0, 0],
        [-1, -2, 5, 7],
        [-2, -1, 7, 7],
      ];
      expect(gradientsOfRows(rows, layout)).toEqual([
        [1, 0, 1, 0],
        [0, 0, 0, 0],
        [1, 0, 0, 1],
        [0, 0, 0, 0],
      ]);
    });

    it('goes to the first of equal maxima of a volume', () => {
      const x = tf.ones([1, 2, 2, 2, 1]);
      const attributes = { filterSize: 2, strides: 2, pad: 'valid' };
      const dx = record('MaxPool3DGrad', { dy: tf.ones([1, 1, 1, 1, 1]), input: x, output: x }, attributes);
      expect([...dx.dataSync()]).toEqual([1, 0, 0, 0, 0, 0, 0, 0]);
    });

    it.each(layouts)('is not a number where the window has one that is none, in layout %s', (layout) => {
      const [first, second] = gradientsOfRows(
        [
          [1, 2, 1, 2],
          [Number.NaN, 3, 0, 3],
        ],
        layout,
      ) as [number[], number[]];
      expect([...first, ...second]).toEqual([Number.NaN, Number.NaN, 0, 0, Number.NaN, Number.NaN, 0, 1]);
    });

    it.each(layouts)('takes numbers of every size, in layout %s', (layout) => {
      const rows = [
        [-3e38, 3e38, Number.NEGATIVE_INFINITY, -1e-37],
        [1e-37, 1e-38, -2e-37, Number.NEGATIVE_INFINITY],
      ];
      expect(gradientsOfRows(rows, layout)).toEqual([
        [0, 1, 0, 1],
        [0, 0, 0, 0],
      ]);
    });
  });
});

describe('MaxPoolWithArgmax', () => {
  it.each([true, false])(
    'tells the places of the maxima as the cpu backend does, with batches: %s',
    async (all) => {
      const x = numbers([2, 5, 7, 3], 1);
      const run = (kernel: typeof record): number[][] => {
        const inputs = { x: tf.tensor(x, [2, 5, 7, 3]) };
        const attributes = { filterSize: [2, 3], strides: [2, 1], pad: 'same', includeBatchInIndex: all };
        const results = kernel('MaxPoolWithArgmax', inputs, attributes) as unknown as tf.Tensor[];
        return results.map((tensor) => [...tensor.dataSync()]);
      };
      expect(run(record)).toEqual(await onCpu(() => run(runKernel)));
    },
  );
});

/** Gradients of ones by an image of 16 channels that are all alike. */
function gradientsOfRows(rows: number[][], layout: Arranged): number[][] {
  const [height, width] = [rows.length, rows[0]!.length];
  const x = inLayout(tf.tile(tf.tensor(rows.flat(), [1, height, width, 1]), [1, 1, 1, 16]), layout);
  const dy = inLayout(tf.ones([1, height / 2, width / 2, 16]), layout);
  const attributes = { filterSize: 2, strides: 2, pad: 'valid' };
  const dx = record('MaxPoolGrad', { dy, input: x, output: dy }, attributes);
  const pixels = tf.reshape(dx, [height * width, 16]).arraySync() as number[][];
  for (const pixel of pixels) expect(pixel).toEqual(Array(16).fill(pixel[0]));
  const channel = pixels.map(([value]) => value!);
  return rows.map((_, row) => channel.slice(row * width, (row + 1) * width));
}

type Results = readonly [y: Float32Array, dx: Float32Array, dy: Float32Array];

/** Pools numbers; with a layout, by recorded kernels. */
function pool(kernel: string, { shape, ...attributes }: Case, layout?: Arranged): Results {
  const [y, dx, dy] = tf.tidy(() => {
    const run = layout ? record : runKernel;
    const arrange = (tensor: tf.Tensor): tf.Tensor => (layout ? inLayout(tensor, layout) : tensor);
    const x = arrange(tf.tensor(numbers(shape, 1), shape));
    const y = run(kernel, { x }, attributes);
    const dy = arrange(tf.tensor(numbers(y.shape, 2), y.shape));
    const dx = run(`${kernel}Grad`, { dy, input: x, output: y }, attributes);
    return [y, dx, dy];
  }) as [tf.Tensor, tf.Tensor, tf.Tensor];
  return [y.dataSync<'float32'>(), dx.dataSync<'float32'>(), dy.dataSync<'float32'>()];
}

function expectAgreement(
  kernel: string,
  { pad }: Case,
  found: Results,
  expected: Results,
  where: string,
): void {
  expect(difference(found[0], expected[0]), `y, ${where}`).toBeLessThan(1e-6);
  // The cpu backend's gradient of an average divides by pixels outside the image, too; its average does not.
  if (kernel === 'MaxPool' || pad === 'valid') {
    expect(difference(found[1], expected[1]), `dx, ${where}`).toBeLessThan(1e-6);
  }
  const sum = (values: Float32Array): number => values.reduce((a, b) => a + b, 0);
  expect(sum(found[1]), `sum of dx, ${where}`).toBeCloseTo(sum(found[2]), 4);
}

function runKernel(name: string, inputs: Record<string, tf.Tensor>, attributes: object): tf.Tensor {
  return tf.engine().runKernel(name, inputs, attributes as tf.NamedAttrMap) as tf.Tensor;
}

function named(given: Case): [string, Case] {
  const { shape, filterSize, strides, pad } = given;
  return [`${shape.join('x')} by ${filterSize.join('x')}, strides ${strides}, pad ${pad}`, given];
}
