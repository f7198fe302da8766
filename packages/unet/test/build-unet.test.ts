import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import {
  buildUnet,
  halo,
  loadSafetensors,
  loadTfjs,
  saveSafetensors,
  saveTfjs,
  unetOptions,
} from '../src/index.ts';

test('x', async () => {
  await tf.setBackend('cpu');
  const m = buildUnet({ preset: 'dlwpt', seed: 0 });
  const x = tf.randomNormal([1, 16, 16, 7], 0, 500);
  const y = (m.predict(x) as tf.Tensor).dataSync();
  const n = tf.memory().numTensors;
  const b = saveSafetensors(m, { a: 'b' });
  console.log(tf.memory().numTensors - n);
  const m2 = loadSafetensors(b);
  expect((m2.predict(x) as tf.Tensor).dataSync()).toEqual(y);
  const m3 = await loadTfjs(await saveTfjs(m));
  expect((m3.predict(x) as tf.Tensor).dataSync()).toEqual(y);
  expect(unetOptions(m3)).toEqual(unetOptions(m));
  console.log((await saveTfjs(m))['model.json'].slice(0, 3000));
});
