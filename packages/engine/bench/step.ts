// Times the reference U-Net on the wasm engine: a training step (batch 16 of 64x64x7) and one 512x512x7 slice.
// Run with: pnpm --filter @lunet/engine bench        (add --kernels for a table of kernels)
import os from 'node:os';
import * as tf from '@tensorflow/tfjs-core';
import { startEngine } from '../src/index.ts';
import { clockKernels } from './kernel-times.ts';
import { multiplyAdds, referenceUnet } from './reference-unet.ts';

const rounds = 7;
const batch = 16;

const engine = await startEngine();
console.log(
  `${os.cpus()[0]?.model}, Node ${process.version}, ${engine.name} ${engine.version}: ${engine.device}`,
);

for (const filters of [16, 8]) {
  const model = referenceUnet(filters);
  const optimizer = tf.train.adam(1e-3);
  const x = tf.randomUniform([batch, 64, 64, 7], -1000, 1000, 'float32', 1);
  const y = tf.tidy(() =>
    tf.cast(tf.greater(tf.randomUniform([batch, 64, 64, 1], 0, 1, 'float32', 2), 0.98), 'float32'),
  );
  const dice = (p: tf.Tensor, weight: tf.Tensor | undefined): tf.Tensor => {
    const q = weight === undefined ? p : tf.mul(p, weight);
    const both = tf.add(tf.sum(p, [1, 2, 3]), tf.sum(y, [1, 2, 3]));
    return tf.sub(1, tf.div(tf.add(tf.mul(tf.sum(tf.mul(q, y), [1, 2, 3]), 2), 1), tf.add(both, 1)));
  };
  const step = (): void => {
    const cost = optimizer.minimize(() => {
      const p = model.apply(x, { training: true }) as tf.Tensor;
      return tf.mean(tf.add(dice(p, undefined), tf.mul(dice(p, y), 8))) as tf.Scalar;
    }, true);
    cost?.dispose();
  };
  report(`step, ${filters} filters`, median(step), 6 * multiplyAdds(filters, batch * 64 * 64));
  const slice = tf.randomUniform([1, 512, 512, 7], -1000, 1000, 'float32', 3);
  const infer = (): void => tf.tidy(() => void (model.predict(slice) as tf.Tensor).dataSync());
  report(`slice, ${filters} filters`, median(infer), 2 * multiplyAdds(filters, 512 * 512));
  if (process.argv.includes('--kernels') && filters === 16) {
    const times = clockKernels();
    for (const [name, run] of Object.entries({ step, infer })) {
      times.clear();
      for (let i = 0; i < rounds; i++) run();
      console.log(`\n${name}: ms and calls by kernel`);
      for (const time of [...times.values()].sort((a, b) => b.milliseconds - a.milliseconds).slice(0, 20)) {
        console.log(
          `${time.name.padEnd(24)}${(time.milliseconds / rounds).toFixed(1).padStart(8)}${String(time.calls / rounds).padStart(7)}`,
        );
      }
    }
    break;
  }
}

/** Median time of a run in milliseconds, after two unmeasured ones. */
function median(run: () => void): number {
  run();
  run();
  const times = Array.from({ length: rounds }, () => {
    const start = performance.now();
    run();
    return performance.now() - start;
  });
  return times.sort((a, b) => a - b)[rounds >> 1]!;
}

function report(what: string, milliseconds: number, flops: number): void {
  const rate = flops / milliseconds / 1e6;
  console.log(
    `${what.padEnd(20)}${milliseconds.toFixed(0).padStart(6)} ms  ${(flops / 1e9).toFixed(2)} GFLOP at ${rate.toFixed(1)} GFLOP/s`,
  );
}
