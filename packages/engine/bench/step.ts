// Times the reference U-Net on the wasm engine: a training step (batch 16 of 64x64x7) and one 512x512x7 slice.
// Run with: pnpm --filter @lunet/engine bench        (add --kernels for a table of kernels)
import os from 'node:os';
import * as tf from '@tensorflow/tfjs-core';
import { startEngine } from '../src/index.ts';
import { clockKernels } from './kernel-times.ts';
import { multiplyAdds, referenceUnet } from './reference-unet.ts';

const rounds = 9;
const batch = 16;

const engine = await startEngine();
console.log(
  `${os.cpus()[0]?.model}, Node ${process.version}, ${engine.name} ${engine.version}: ${engine.device}`,
);
// The first rounds run before V8 has compiled the kernels for speed.
const limit = Math.max(...Array.from({ length: 8 }, arithmeticLimit));
console.log(`arithmetic limit    ${limit.toFixed(0)} GFLOP/s`);

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
  report(`step, ${filters} filters`, time(step), 6 * multiplyAdds(filters, batch * 64 * 64));
  const slice = tf.randomUniform([1, 512, 512, 7], -1000, 1000, 'float32', 3);
  const infer = (): void => tf.tidy(() => void (model.predict(slice) as tf.Tensor).dataSync());
  report(`slice, ${filters} filters`, time(infer), 2 * multiplyAdds(filters, 512 * 512));
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

interface Timing {
  readonly best: number;
  readonly median: number;
}

/** Milliseconds of a run, after two unmeasured ones. */
function time(run: () => void): Timing {
  run();
  run();
  const times = Array.from({ length: rounds }, () => {
    const start = performance.now();
    run();
    return performance.now() - start;
  }).sort((a, b) => a - b);
  return { best: times[0]!, median: times[rounds >> 1]! };
}

function report(what: string, { best, median }: Timing, flops: number): void {
  const rate = flops / best / 1e6;
  console.log(
    `${what.padEnd(20)}median ${median.toFixed(0).padStart(4)} ms, best ${best.toFixed(0).padStart(4)} ms: ${(flops / 1e9).toFixed(2)} GFLOP, at best ${rate.toFixed(0)} GFLOP/s = ${((100 * rate) / limit).toFixed(0)} % of the limit`,
  );
}

/** GFLOP/s of a convolution whose data stay in the cache: what these kernels can do on this machine. */
function arithmeticLimit(): number {
  const x = tf.randomUniform([64, 16, 16, 32], -1, 1, 'float32', 4) as tf.Tensor4D;
  const filter = tf.randomUniform([3, 3, 32, 32], -1, 1, 'float32', 5) as tf.Tensor4D;
  const { best } = time(() => tf.conv2d(x, filter, 1, 'same').dispose());
  tf.dispose([x, filter]);
  return (2 * 64 * 16 * 16 * 9 * 32 * 32) / best / 1e6;
}
