// One step of Adam for the reference U-Net's weights, ours beside that of TensorFlow.js, on each engine that starts.
import { measureInTurn, type Row } from '@lunet/testing/bench';
import * as tf from '@tensorflow/tfjs-core';
import { referenceSize, referenceUnet } from '../src/doctor/reference-step.ts';
import { adam, type EngineName, startEngine } from '../src/index.ts';

const engines: readonly EngineName[] = ['tensorflow', 'wasm'];
const stepsAtATime = 20;

export async function rows(): Promise<Row[]> {
  const all: Row[] = [];
  for (const prefer of engines) {
    const engine = await startEngine({ prefer }).catch((error: Error) => {
      console.error(error.message.split('\n')[0]);
    });
    if (engine) all.push(await rowFor(`${engine.name}, ${engine.device}`));
  }
  return all;
}

async function rowFor(engine: string): Promise<Row> {
  const model = referenceUnet(referenceSize.filters);
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const gradients = Object.fromEntries(
    variables.map(({ name, shape }, i) => [name, tf.randomNormal(shape, 0, 1e-3, 'float32', i + 1)]),
  );
  const optimizers = { ours: adam(1e-6), theirs: tf.train.adam(1e-6) as tf.Optimizer };
  const work = (optimizer: tf.Optimizer) => (): { ms: number } => {
    const start = performance.now();
    for (let i = 0; i < stepsAtATime; i++) optimizer.applyGradients(gradients);
    variables[0]!.dataSync();
    return { ms: (performance.now() - start) / stepsAtATime };
  };
  const times = await measureInTurn(
    { ours: work(optimizers.ours), theirs: work(optimizers.theirs) },
    { rounds: 9 },
  );
  const weights = variables.reduce((sum, { size }) => sum + size, 0).toLocaleString('en');
  for (const owner of [optimizers.ours, optimizers.theirs, model]) owner.dispose();
  tf.dispose(gradients);
  return {
    work: `Adam over ${variables.length} variables of ${weights} weights on ${engine}`,
    ours: times.ours!,
    rival: times.theirs,
    rivalName: 'tf.train.adam',
  };
}
