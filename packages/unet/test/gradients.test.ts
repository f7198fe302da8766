import { startEngine } from '@lunet/engine';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { buildUnet, type UnetOptions } from '../src/index.ts';

beforeAll(async () => {
  await startEngine({ prefer: 'wasm' });
});

const combinations = (['average', 'max'] as const).flatMap((pooling) =>
  (['transposed', 'nearest', 'bilinear'] as const).flatMap((upsampling) =>
    (['after', 'before', 'none'] as const).map((normalisation) => ({ pooling, upsampling, normalisation })),
  ),
);

/**
 * A kernel with a wrong gradient trains badly and says nothing, so each option is checked as a whole: the loss's slope
 * along the gradient, by central differences in training mode with batch > 1, must be the gradient's length.
 */
test.each<UnetOptions>(combinations)(
  'the engine differentiates $pooling, $upsampling, $normalisation',
  (options) => {
    const model = buildUnet({ ...options, inputChannels: 2, filters: 4, depth: 3, seed: 5 });
    const images = tf.randomNormal([3, 16, 12, 2], 0, 1, 'float32', 7);
    const target = tf.randomUniform([3, 16, 12, 1], 0, 1, 'float32', 8);
    const lossOf = (): tf.Scalar =>
      tf.mean(
        tf.squaredDifference(model.apply(images, { training: true }) as tf.Tensor, target),
      ) as tf.Scalar;
    const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
    const { grads } = tf.variableGrads(lossOf, variables);
    const length = Math.hypot(...variables.flatMap(({ name }) => [...grads[name]!.dataSync()]));

    const lossAt = (distance: number): number =>
      tf.tidy(() => {
        const before = variables.map((variable) => variable.clone());
        for (const variable of variables) {
          variable.assign(tf.add(variable, tf.mul(grads[variable.name]!, distance / length)));
        }
        const loss = lossOf().dataSync()[0]!;
        for (const [i, variable] of variables.entries()) variable.assign(before[i]!);
        return loss;
      });
    // The error falls with the step (kinks of ReLU and pooling) until float32 noise takes over: under 0.7 % here.
    const step = 5e-4;
    const slope = (lossAt(step) - lossAt(-step)) / (2 * step);
    expect(Math.abs(slope / length - 1)).toBeLessThan(0.01);
    tf.dispose([images, target, ...Object.values(grads)]);
    model.dispose();
  },
);
