import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { backends, difference, inLayout, numbers, onCpu, record, startBackends } from './on-backend.ts';

beforeAll(startBackends);

const epsilon = 1e-3;

describe.each([
  [[16]],
  [[3, 7]],
  [[35, 4]],
  [[2, 5, 6]],
  [[2, 4, 3, 5]],
  [[3, 4, 4, 32]],
  [[2, 3, 4, 2, 16]],
])('batch normalisation of %j', (shape) => {
  const channels = shape.at(-1)!;
  const x = numbers(shape, 1).map((value, i) => 3 * value + (i % channels));
  const dy = numbers(shape, 2);
  const scale = numbers([channels], 3);
  const offset = numbers([channels], 4);
  const expected = reference(x, dy, scale, offset);

  describe.each(backends)('on %s', (backend, layouts) => {
    beforeAll(() => tf.setBackend(backend));

    it.each(layouts)('trains and has the gradients of its formula, in layout %s', (layout) => {
      const images = inLayout(tf.tensor(x, shape), layout);
      const inputs = { x: images, scale: tf.tensor(scale), offset: tf.tensor(offset) };
      const results = record('LunetBatchNorm', inputs, { epsilon }) as unknown as tf.Tensor[];
      const [y, mean, variance] = results as [tf.Tensor, tf.Tensor, tf.Tensor];
      expect(results.map((tensor) => tensor.shape)).toEqual([shape, [channels], [channels]]);
      const gradients = record(
        'LunetBatchNormGrad',
        { dy: inLayout(tf.tensor(dy, shape), layout), x: images, mean, variance, scale: inputs.scale },
        { epsilon },
      ) as unknown as tf.Tensor[];
      const found = [...results, ...gradients].map((tensor) => tensor.dataSync<'float32'>());
      for (const [i, name] of ['y', 'mean', 'variance', 'dx', 'dScale', 'dOffset'].entries()) {
        expect(difference(found[i]!, expected[i]!), name).toBeLessThan(1e-5);
      }
      const fused = record(
        'FusedBatchNorm',
        { x: images, mean, variance, scale: inputs.scale, offset: inputs.offset },
        { varianceEpsilon: epsilon },
      );
      expect(fused.shape).toEqual(shape);
      expect(difference(fused.dataSync(), y.dataSync())).toBeLessThan(1e-5);
    });
  });
});

/** Ioffe and Szegedy, 2015, in float64. */
function reference(
  x: Float32Array,
  dy: Float32Array,
  scale: Float32Array,
  offset: Float32Array,
): Float64Array[] {
  const channels = scale.length;
  const rows = x.length / channels;
  const sums = (at: (i: number) => number): Float64Array => {
    const totals = new Float64Array(channels);
    for (let i = 0; i < x.length; i++) totals[i % channels]! += at(i);
    return totals;
  };
  const mean = sums((i) => x[i]! / rows);
  const variance = sums((i) => (x[i]! - mean[i % channels]!) ** 2 / rows);
  const deviation = variance.map((value) => Math.sqrt(value + epsilon));
  const normal = Float64Array.from(x, (value, i) => (value - mean[i % channels]!) / deviation[i % channels]!);
  const y = normal.map((value, i) => value * scale[i % channels]! + offset[i % channels]!);
  const dScale = sums((i) => dy[i]! * normal[i]!);
  const dOffset = sums((i) => dy[i]!);
  const dx = normal.map((value, i) => {
    const c = i % channels;
    return (scale[c]! / deviation[c]!) * (dy[i]! - dOffset[c]! / rows - (value * dScale[c]!) / rows);
  });
  return [y, mean, variance, dx, dScale, dOffset];
}

describe.each([
  [3, 1],
  [16, 2],
  [20, 5],
])('local response normalisation of %i channels, %i to each side', (channels, depthRadius) => {
  it.each(backends[0]![1])('and its gradient are those of the cpu backend, in layout %s', async (layout) => {
    const attributes = { depthRadius, bias: 1.5, alpha: 0.7, beta: 0.6 };
    const shape = [2, 3, 4, channels];
    const run = (kernel: typeof record, arrange: (tensor: tf.Tensor) => tf.Tensor): Float32Array[] => {
      const x = arrange(tf.tensor(numbers(shape, 1), shape));
      const y = kernel('LRN', { x }, attributes);
      const dy = arrange(tf.tensor(numbers(shape, 2), shape));
      const dx = kernel('LRNGrad', { x, y, dy }, attributes);
      return [y.dataSync<'float32'>(), dx.dataSync<'float32'>()];
    };
    const found = run(record, (tensor) => inLayout(tensor, layout));
    const expected = await onCpu(() =>
      run(
        (name, inputs, attrs) => tf.engine().runKernel(name, inputs, attrs as never),
        (x) => x,
      ),
    );
    for (const [i, values] of expected.entries()) expect(difference(found[i]!, values)).toBeLessThan(1e-5);
  });
});
