import * as tf from '@tensorflow/tfjs-core';
import { referenceTraining } from './reference-step.ts';

/** Medians, in milliseconds. */
export interface Timing {
  readonly stepMilliseconds: number;
  readonly sliceMilliseconds: number;
}

/** Times the reference training step and one 512×512 slice on the running engine, for three seconds or so. */
export async function timeEngine(): Promise<Timing> {
  const training = referenceTraining();
  const slice = tf.randomUniform([1, 512, 512, 7], -1000, 1000, 'float32', 3);
  const stepMilliseconds = await medianOf(1800, () => training.step());
  const sliceMilliseconds = await medianOf(1200, () => training.model.predict(slice) as tf.Tensor);
  training.dispose();
  slice.dispose();
  return { stepMilliseconds, sliceMilliseconds };
}

/** Median time of a run, its result read included, over so long and five runs at least; two more before do not count. */
async function medianOf(milliseconds: number, run: () => tf.Tensor): Promise<number> {
  const times: number[] = [];
  let until = Number.POSITIVE_INFINITY;
  for (let i = -2; i < 5 || performance.now() < until; i++) {
    if (i === 0) until = performance.now() + milliseconds;
    const start = performance.now();
    const result = run();
    await result.data();
    result.dispose();
    if (i >= 0) times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  return times[times.length >> 1]!;
}
