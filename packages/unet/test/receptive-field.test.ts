import { startEngine } from '@lunet/engine';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  buildUnet,
  checkInputSize,
  halo,
  receptiveField,
  sizeDivisor,
  type UnetOptions,
} from '../src/index.ts';
import { anyOptions } from './options.ts';

beforeAll(async () => {
  await startEngine({ prefer: 'wasm' });
});

test.each<[UnetOptions, number, number, number]>([
  [{ preset: 'dlwpt' }, 44, 24, 4],
  [{ depth: 1 }, 5, 2, 1],
  [{ depth: 2 }, 18, 10, 2],
  [{ depth: 4 }, 100, 56, 8],
  [{ depth: 1, blockConvolutions: 1 }, 3, 1, 1],
])('%j: receptive field %i, halo %i, divisor %i', (options, field, border, divisor) => {
  expect(receptiveField(options)).toBe(field);
  expect(halo(options)).toBe(border);
  expect(sizeDivisor(options)).toBe(divisor);
});

describe('a tile with the halo around it', () => {
  test('gives exactly what the whole slice gives, for every kind of network', () => {
    fc.assert(
      fc.property(anyOptions, fc.nat(), (drawn, seed) => {
        const options = { ...drawn, depth: drawn.depth ?? 3, seed: seed % 1000 };
        const [border, divisor] = [halo(options), sizeDivisor(options)];
        const size = 2 * border + 4 * divisor;
        const model = buildUnet(options);
        const difference = tf.tidy(() => {
          const slice = tf.randomUniform(
            [1, size, size, options.inputChannels ?? 7],
            -1,
            1,
            'float32',
            seed + 1,
          );
          const whole = model.predict(slice) as tf.Tensor4D;
          // One grid cell at the slice's middle, cut out with its halo.
          const start = border + divisor;
          const width = divisor + 2 * border;
          const tile = model.predict(
            tf.slice(slice, [0, divisor, divisor, 0], [1, width, width, -1]),
          ) as tf.Tensor4D;
          const inside = tf.slice(tile, [0, border, border, 0], [1, divisor, divisor, 1]);
          const expected = tf.slice(whole, [0, start, start, 0], [1, divisor, divisor, 1]);
          return tf.max(tf.abs(tf.sub(inside, expected))).dataSync()[0]!;
        });
        model.dispose();
        expect(difference).toBeLessThan(1e-6);
      }),
      { numRuns: 20, seed: 1 },
    );
  });

  test('is not wider than needed: the reference sees 23 pixels far, and no farther', () => {
    const model = buildUnet({ preset: 'dlwpt', seed: 3 });
    const rowsThatSee = (row: number): number[] =>
      tf.tidy(() => {
        const image = tf.buffer([1, 128, 4, 7]);
        const before = model.predict(image.toTensor()) as tf.Tensor;
        image.set(1e6, 0, row, 0, 0);
        const after = model.predict(image.toTensor()) as tf.Tensor;
        const change = tf.max(tf.abs(tf.sub(after, before)), [0, 2, 3]).dataSync();
        return [...change].flatMap((value, seeing) => (value > 0 ? [seeing - row] : []));
      });
    const offsets = [64, 65, 66, 67].flatMap(rowsThatSee);
    model.dispose();
    expect([Math.min(...offsets), Math.max(...offsets)]).toEqual([-23, 23]);
  });
});

describe('checkInputSize', () => {
  test('passes what the depth divides', () => {
    expect(() => checkInputSize({ depth: 3 }, 512, 4)).not.toThrow();
  });
  test.each([
    [30, 32],
    [32, 30],
    [0, 32],
    [32.5, 32],
  ])('refuses %dx%d', (height, width) => {
    expect(() => checkInputSize({ depth: 3 }, height, width)).toThrow(
      new RangeError(
        `Cannot run U-Net on ${height}x${width}: depth 3 needs height and width divisible by 4; pad or crop the image, or take a smaller depth`,
      ),
    );
  });
});
