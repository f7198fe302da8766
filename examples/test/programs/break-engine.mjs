// Breaks the wasm engine of the program that is run after it, once training is under way. BREAK_ENGINE says what fails:
// "kernel", one of the main thread, or "thread", one of the further threads, which ends then.
import { syncBuiltinESMExports } from 'node:module';
import threads from 'node:worker_threads';
import * as tf from '@tensorflow/tfjs-core';

const calls = 60;
const name = 'Conv2DBackpropFilter';

if (threads.isMainThread && process.env.BREAK_ENGINE === 'kernel') {
  const poll = setInterval(() => {
    if (tf.getBackend() !== 'wasm') return;
    clearInterval(poll);
    const config = tf.getKernel(name, 'wasm');
    tf.unregisterKernel(name, 'wasm');
    let call = 0;
    tf.registerKernel({
      ...config,
      kernelFunc(args) {
        if (++call === calls) throw new WebAssembly.RuntimeError('memory access out of bounds');
        return config.kernelFunc(args);
      },
    });
  }, 1);
  poll.unref();
}

if (threads.isMainThread && process.env.BREAK_ENGINE === 'thread') {
  const { Worker } = threads;
  threads.Worker = class extends Worker {
    constructor(source, options) {
      // The engine's own are the ones that are given as a text; a job beyond the memory is a trap.
      const broken = options?.eval
        ? source.replace('(words[3],', `(turn === ${calls} ? 2 ** 31 : words[3],`)
        : source;
      if (options?.eval && broken === source)
        throw new Error('Cannot break the engine: its threads have changed');
      super(broken, options);
    }
  };
  syncBuiltinESMExports();
}
