import * as tf from '@tensorflow/tfjs-core';
import type { Started } from './engine.ts';

/** Starts the plain JavaScript backend: correct, and about 1,000 times too slow to train. */
export async function startCpu(): Promise<Started> {
  const { version_cpu: version } = await import('@tensorflow/tfjs-backend-cpu');
  if (!(await tf.setBackend('cpu'))) {
    throw new Error('TensorFlow.js refused it; reinstall @tensorflow/tfjs-backend-cpu');
  }
  await tf.ready();
  return { device: 'plain JavaScript', version, threads: 1, gpu: false };
}
