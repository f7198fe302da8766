import { type Tensor4D, tensor4d } from '@tensorflow/tfjs-core';
import type { NamedTensor } from '../src/index.ts';

/** `count` numbers in [−1, 1) that only depend on the name, as `pattern` in fixtures/dlwpt.py. */
function pattern(name: string, count: number): Float64Array {
  let seed = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) seed = Math.imul(seed ^ byte, 0x01000193);
  return Float64Array.from({ length: count }, (_, i) => {
    let z = (seed + Math.imul(i, 0x9e3779b9)) | 0;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return ((z ^ (z >>> 15)) >>> 0) / 2 ** 31 - 1;
  });
}

/** The fixture's initial value of a weight, as `fill` in fixtures/dlwpt.py. */
export function patternWeight(name: string, shape: readonly number[]): NamedTensor {
  const u = pattern(
    name,
    shape.reduce((product, n) => product * n, 1),
  );
  const isInput = name.startsWith('norm.');
  const [height = 1, width = 1, third = 1, fourth = 1] = shape;
  const bound = Math.sqrt(6 / (height * width * (name.includes('.transposed.') ? fourth : third)));
  const value: Record<string, (u: number) => number> = {
    kernel: (u) => u * bound,
    gamma: (u) => 1 + 0.2 * u,
    movingVariance: (u) => (1 + 0.5 * u) * (isInput ? 250_000 : 1),
    movingMean: (u) => u * (isInput ? 100 : 0.2),
  };
  const part = name.split('.').at(-1)!;
  return { shape, data: Float32Array.from(u, value[part] ?? ((u) => 0.2 * u)) };
}

/** The fixture's images and labels, as `batch` in fixtures/dlwpt.py. */
export function patternBatch(): { images: Tensor4D; labels: Tensor4D } {
  const discs = [
    [12, 14, 5],
    [20, 9, 2],
  ] as const;
  const labels = new Float32Array(2 * 32 * 32);
  const images = pattern('images', labels.length * 7).map((u) => 600 * u);
  for (let i = 0; i < labels.length; i++) {
    const [row, column, radius] = discs[i >> 10]!;
    if ((((i >> 5) % 32) - row) ** 2 + ((i % 32) - column) ** 2 > radius ** 2) continue;
    labels[i] = 1;
    for (let channel = 0; channel < 7; channel++) images[i * 7 + channel]! += 300;
  }
  return {
    images: tensor4d(Float32Array.from(images), [2, 32, 32, 7]),
    labels: tensor4d(labels, [2, 32, 32, 1]),
  };
}
