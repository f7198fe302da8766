import * as tf from '@tensorflow/tfjs-core';

/** Milliseconds and calls of one kernel. */
export interface KernelTime {
  readonly name: string;
  milliseconds: number;
  calls: number;
}

/** Wraps every kernel of the running backend with a clock; returns the table that fills up, to be cleared between runs. */
export function clockKernels(): Map<string, KernelTime> {
  const times = new Map<string, KernelTime>();
  const backendName = tf.getBackend();
  for (const config of tf.getKernelsForBackend(backendName)) {
    tf.unregisterKernel(config.kernelName, backendName);
    tf.registerKernel({
      ...config,
      kernelFunc(args) {
        const start = performance.now();
        const result = config.kernelFunc(args);
        const time = times.get(config.kernelName) ?? { name: config.kernelName, milliseconds: 0, calls: 0 };
        time.milliseconds += performance.now() - start;
        time.calls++;
        times.set(config.kernelName, time);
        return result;
      },
    });
  }
  return times;
}
