import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startEngine } from '@lunet/engine';
import { expectNoTensorLeak } from '@lunet/testing';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers';
import { beforeAll, expect, test } from 'vitest';
import { buildUnet, loadTfjs, saveTfjs, unetOptions } from '../src/index.ts';

beforeAll(async () => {
  await startEngine({ prefer: 'wasm' });
});

const options = {
  inputChannels: 2,
  filters: 2,
  upsampling: 'nearest',
  normalisation: 'before',
  seed: 1,
} as const;
const probabilities = (model: LayersModel): number[] => [
  ...tf.tidy(() => (model.predict(tf.ones([1, 8, 8, 2])) as tf.Tensor).dataSync()),
];

test('load inverts save: probabilities and options', async () => {
  const model = buildUnet(options);
  const files = await expectNoTensorLeak(() => saveTfjs(model));
  const loaded = await expectNoTensorLeak(() => loadTfjs(files), model.weights.length);
  expect(probabilities(loaded)).toEqual(probabilities(model));
  expect(unetOptions(loaded)).toEqual(unetOptions(model));
  model.dispose();
  loaded.dispose();
});

test('tf.loadLayersModel opens the two files from a web server, without lunet', async () => {
  const model = buildUnet(options);
  const files = await saveTfjs(model);
  const server = createServer(({ url }, response) => {
    const file = files[url?.slice(1) as keyof typeof files];
    response.writeHead(file ? 200 : 404).end(file);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const loaded = await loadLayersModel(`http://127.0.0.1:${port}/model.json`);
    expect(probabilities(loaded)).toEqual(probabilities(model));
    loaded.dispose();
  } finally {
    server.closeAllConnections();
    server.close();
    model.dispose();
  }
});

test('every preset and option saves standard layers only', async () => {
  const model = buildUnet({ preset: 'dlwpt', seed: 1 });
  const { modelTopology } = JSON.parse((await saveTfjs(model))['model.json']);
  model.dispose();
  const classes = new Set(
    modelTopology.config.layers.map((layer: { class_name: string }) => layer.class_name),
  );
  expect([...classes].sort()).toEqual([
    'AveragePooling2D',
    'BatchNormalization',
    'Concatenate',
    'Conv2D',
    'Conv2DTranspose',
    'InputLayer',
  ]);
});

test('a model.json that is not JSON is a SyntaxError', async () => {
  await expect(loadTfjs({ 'model.json': '<html>', 'weights.bin': new Uint8Array() })).rejects.toThrow(
    SyntaxError,
  );
});
