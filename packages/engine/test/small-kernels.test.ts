import '@lunet/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startEngine } from '../src/index.ts';
import { valuesFor } from './values.ts';

beforeAll(async () => {
  await startEngine({ prefer: 'wasm' });
});

describe('sum and mean', () => {
  const x = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
  it.each([
    { axis: [0], shape: [2, 3], sum: [8, 10, 12, 14, 16, 18] },
    { axis: [0, 1], shape: [3], sum: [22, 26, 30] },
    { axis: [1, 0], shape: [3], sum: [22, 26, 30] },
    { axis: [0, 1, 2], shape: [], sum: [78] },
    { axis: [1], shape: [2, 3], sum: [5, 7, 9, 17, 19, 21] },
    { axis: [2], shape: [2, 2], sum: [6, 15, 24, 33] },
  ])('over axes $axis', ({ axis, shape, sum }) => {
    tf.tidy(() => {
      const input = tf.tensor3d(x, [2, 2, 3]);
      const count = x.length / sum.length;
      expect(tf.sum(input, axis)).toBeCloseToTensor({ shape, values: sum });
      const values = sum.map((v) => v / count);
      expect(tf.mean(input, axis)).toBeCloseToTensor({ shape, values });
      const kept = [2, 2, 3].map((length, i) => (axis.includes(i) ? 1 : length));
      expect(tf.sum(input, axis, true)).toBeCloseToTensor({ shape: kept, values: sum });
      expect(tf.mean(input, axis, true)).toBeCloseToTensor({ shape: kept, values });
    });
  });

  it.each([
    ...[1, 2, 3, 4, 6, 7, 16, 5000].map((channels): [number, number] => [channels, 20_011]),
    // Enough for all groups of sums, and for all threads.
    [7, 630_001],
    [16, 600_000],
  ])('of %d channels over more pixels than one block: %d values', (channels, length) => {
    tf.tidy(() => {
      const pixels = 1 + Math.ceil(length / channels);
      const data = valuesFor(pixels * channels, 1);
      const values = new Float64Array(channels);
      data.forEach((value, i) => {
        values[i % channels]! += value;
      });
      const received = tf.sum(tf.tensor2d(data, [pixels, channels]), 0);
      expect(received).toBeCloseToTensor({ shape: [channels], values }, { absolute: 1e-4 });
    });
  });

  it('of integers stays exact', () => {
    tf.tidy(() => {
      const sum = tf.sum(tf.tensor2d([16777217, 1, 2, 3], [2, 2], 'int32'), 0);
      expect([...sum.dataSync()]).toEqual([16777219, 4]);
    });
  });
});

describe('concat and split', () => {
  it.each([0, 1, 2, -1])('are each other’s inverse and gradient along axis %d', (axis) => {
    tf.tidy(() => {
      const shapes = [1, 4, 2].map((length) => [3, 2, 5].with(axis, length));
      const parts = shapes.map((shape, i) =>
        tf.tensor(
          valuesFor(
            shape.reduce((a, b) => a * b),
            i + 1,
          ),
          shape,
        ),
      );
      const whole = tf.concat(parts, axis);
      // Addressed element by element: independent of how the kernel walks the rows.
      const flat = parts.map((part) => part.arraySync() as number[][][]);
      const value = (i: number, j: number, k: number): number => {
        const index = [i, j, k];
        let along = index.at(axis === -1 ? 2 : axis)!;
        let part = 0;
        while (along >= [1, 4, 2][part]!) along -= [1, 4, 2][part++]!;
        const [a, b, c] = index.with(axis, along) as [number, number, number];
        return flat[part]![a]![b]![c]!;
      };
      (whole.arraySync() as number[][][]).forEach((rows, i) => {
        rows.forEach((columns, j) => {
          columns.forEach((received, k) => {
            expect(received).toBe(value(i, j, k));
          });
        });
      });
      tf.split(whole, [1, 4, 2], axis).forEach((part, i) => {
        expect(part).toBeCloseToTensor(parts[i]!, { absolute: 0, relative: 0 });
      });
      const gradients = tf.grads((...t: tf.Tensor[]) => tf.sum(tf.mul(tf.concat(t, axis), whole)))(parts);
      gradients.forEach((gradient, i) => {
        expect(gradient).toBeCloseToTensor(parts[i]!, { absolute: 0, relative: 0 });
      });
    });
  });

  it('join tensors of booleans and strings by tfjs itself', () => {
    tf.tidy(() => {
      const bools = tf.concat([tf.tensor1d([true, false]), tf.tensor1d([true])]);
      expect([...bools.dataSync()]).toEqual([1, 0, 1]);
      expect(tf.concat([tf.tensor1d(['a']), tf.tensor1d(['b'])]).dataSync()).toEqual(['a', 'b']);
    });
  });
});

describe('adding one value per channel', () => {
  it.each([1, 2, 3, 4, 6, 7, 16])('adds it to each of %d channels, on either side', (channels) => {
    tf.tidy(() => {
      const x = valuesFor(2 * 5 * 3 * channels, 1);
      const bias = valuesFor(channels, 2);
      const shape = [2, 5, 3, channels];
      const sums = x.map((value, i) => value + bias[i % channels]!);
      const [image, vector] = [tf.tensor(x, shape), tf.tensor(bias)];
      expect([...tf.add(image, vector).dataSync()]).toEqual([...sums]);
      expect([...tf.add(vector, image).dataSync()]).toEqual([...sums]);
      const weights = tf.tensor(valuesFor(x.length, 3), shape);
      const gradients = tf.grads((a: tf.Tensor, b: tf.Tensor) => tf.sum(tf.mul(tf.add(a, b), weights)));
      const [byImage, byVector] = gradients([image, vector]);
      expect(byImage!).toBeCloseToTensor(weights);
      expect(byVector!).toBeCloseToTensor(tf.sum(weights, [0, 1, 2]));
    });
  });

  it('leaves all else that broadcasts, and other types, to tfjs', () => {
    tf.tidy(() => {
      expect([...tf.add([[1, 2]], [[10], [20]]).dataSync()]).toEqual([11, 12, 21, 22]);
      expect([...tf.add([1, 2], [3, 4]).dataSync()]).toEqual([4, 6]);
      expect([...tf.add([[1], [2]], [3, 4]).dataSync()]).toEqual([4, 5, 5, 6]);
      const whole = tf.tensor2d([16777217, 2], [1, 2], 'int32');
      expect([...tf.add(whole, tf.tensor1d([2, 1], 'int32')).dataSync()]).toEqual([16777219, 3]);
    });
  });
});

describe('clones and casts to the same type', () => {
  it('share the data, which outlive the tensor that they came from', () => {
    const x = tf.tensor1d([1, 2, 3]);
    const buffers = tf.memory().numDataBuffers;
    const clone = x.clone();
    const cast = tf.cast(x, 'float32');
    expect(tf.memory().numDataBuffers).toBe(buffers);
    x.dispose();
    tf.ones([3]).dispose();
    expect([...clone.dataSync()]).toEqual([1, 2, 3]);
    clone.dispose();
    expect([...cast.dataSync()]).toEqual([1, 2, 3]);
    cast.dispose();
    expect(tf.memory().numDataBuffers).toBe(buffers - 1);
  });

  it('do not see what is assigned to a variable later', () => {
    const variable = tf.tidy(() => tf.variable(tf.tensor1d([1, 2])));
    const before = variable.clone();
    tf.tidy(() => variable.assign(tf.tensor1d([3, 4])));
    expect([...before.dataSync()]).toEqual([1, 2]);
    tf.dispose([variable, before]);
  });

  it('convert other types, and clone strings and booleans', () => {
    tf.tidy(() => {
      expect(tf.cast(tf.tensor1d([1.7, -1.7]), 'int32').dataSync()).toEqual(Int32Array.of(1, -1));
      expect(tf.cast(tf.tensor1d([true, false]), 'float32').dataSync()).toEqual(Float32Array.of(1, 0));
      expect(tf.tensor1d(['a', 'b']).clone().dataSync()).toEqual(['a', 'b']);
      expect([...tf.tensor1d([true, false]).clone().dataSync()]).toEqual([1, 0]);
    });
  });
});

describe('ReLU', () => {
  it('passes the gradient where its input is positive', () => {
    tf.tidy(() => {
      const x = tf.tensor1d([-2, -0, 0, 1, 3, -1, 5]);
      const dy = tf.tensor1d([1, 2, 3, 4, 5, 6, 7]);
      const gradient = tf.grad((input) => tf.sum(tf.mul(tf.relu(input), dy)))(x);
      expect([...gradient.dataSync()]).toEqual([0, 0, 0, 4, 5, 0, 7]);
    });
  });
});

describe('upsampling by 2', () => {
  it('hands each nearest neighbour the gradients of its four copies, in every image of a batch', () => {
    tf.tidy(() => {
      const weights = valuesFor(2 * 4 * 6 * 3, 9);
      const resize = (x: tf.Tensor): tf.Tensor => tf.image.resizeNearestNeighbor(x as tf.Tensor4D, [4, 6]);
      const gradient = tf.grad((x) => tf.sum(tf.mul(resize(x), tf.tensor(weights, [2, 4, 6, 3]))))(
        tf.ones([2, 2, 3, 3]),
      );
      const values = new Float64Array(2 * 2 * 3 * 3);
      for (let n = 0; n < 2; n++) {
        for (let y = 0; y < 4; y++) {
          for (let x = 0; x < 6; x++) {
            for (let c = 0; c < 3; c++) {
              values[((n * 2 + (y >> 1)) * 3 + (x >> 1)) * 3 + c]! += weights[((n * 4 + y) * 6 + x) * 3 + c]!;
            }
          }
        }
      }
      expect(gradient).toBeCloseToTensor({ shape: [2, 2, 3, 3], values });
    });
  });

  it('has the transpose of bilinear interpolation for its gradient', () => {
    tf.tidy(() => {
      const weights = tf.tensor(valuesFor(2 * 4 * 6 * 2, 10), [2, 4, 6, 2]);
      const resize = (x: tf.Tensor): tf.Tensor => tf.image.resizeBilinear(x as tf.Tensor4D, [4, 6]);
      const gradient = tf.grad((x) => tf.sum(tf.mul(resize(x), weights)))(tf.ones([2, 2, 3, 2]));
      const values = Array.from({ length: 24 }, (_, i) => {
        const unit = new Float32Array(24);
        unit[i] = 1;
        return tf.sum(tf.mul(resize(tf.tensor(unit, [2, 2, 3, 2])), weights)).dataSync()[0] as number;
      });
      expect(gradient).toBeCloseToTensor({ shape: [2, 2, 3, 2], values });
    });
  });
});
