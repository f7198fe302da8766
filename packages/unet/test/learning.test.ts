import { startEngine } from '@lunet/engine';
import { addCounts, countPixels, noCounts, scoresOf, weightedDice } from '@lunet/losses';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { buildUnet } from '../src/index.ts';

/** mulberry32: numbers in [0, 1). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let z = Math.imul(state ^ (state >>> 15), 1 | state);
    z = (z + Math.imul(z ^ (z >>> 7), 61 | z)) ^ z;
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Images of 24×24 at lung density, each with two bright lines 2 pixels wide; every other one has a disc, the label. */
function discsAmongLines(count: number, random: () => number) {
  const size = 24;
  const images = new Float32Array(count * size * size);
  const labels = new Float32Array(count * size * size);
  for (let n = 0; n < count; n++) {
    const at = n * size * size;
    const lines = Array.from({ length: 2 }, () => ({
      angle: Math.PI * random(),
      distance: 20 * random() - 10,
    }));
    const [row, column, radius] = [6 + 12 * random(), 6 + 12 * random(), 2 + 1.5 * random()];
    for (let i = 0; i < size * size; i++) {
      const [y, x] = [Math.floor(i / size), i % size];
      const isLine = lines.some(
        ({ angle, distance }) =>
          Math.abs(Math.cos(angle) * (x - 11.5) + Math.sin(angle) * (y - 11.5) - distance) < 1,
      );
      const isDisc = n % 2 === 0 && Math.hypot(y - row, x - column) <= radius;
      images[at + i] = -850 + (isLine || isDisc ? 800 : 0) + 120 * (random() - 0.5);
      labels[at + i] = isDisc ? 1 : 0;
    }
  }
  return {
    images: tf.tensor4d(images, [count, size, size, 1]),
    labels: tf.tensor4d(labels, [count, size, size, 1]),
  };
}

test('with the default loss a small network learns discs among lines as bright as they are', async () => {
  await startEngine({ prefer: 'wasm' });
  const random = randomOf(1);
  const model = buildUnet({ inputChannels: 1, filters: 8, depth: 3, seed: 1 });
  const optimizer = tf.train.adam(2e-3, 0.9, 0.999, 1e-8);
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  for (let step = 0; step < 120; step++) {
    const { images, labels } = discsAmongLines(8, random);
    optimizer.minimize(
      () => weightedDice(labels, model.apply(images, { training: true }) as tf.Tensor),
      false,
      variables,
    );
    tf.dispose([images, labels]);
  }

  const { images, labels } = discsAmongLines(64, randomOf(2));
  const predictions = model.predict(images, { batchSize: 64 }) as tf.Tensor;
  const scores = scoresOf(addCounts(noCounts, countPixels(labels.dataSync(), predictions.dataSync())));
  // A brightness threshold finds every line too.
  const bright = scoresOf(countPixels(labels.dataSync(), images.dataSync(), -450));
  tf.dispose([images, labels, predictions]);
  model.dispose();
  optimizer.dispose();

  expect(bright.precision).toBeLessThan(0.15);
  expect(scores.recall).toBeGreaterThanOrEqual(0.9);
  expect(scores.precision).toBeGreaterThanOrEqual(0.4);
});
