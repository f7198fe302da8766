// tfjs-core alone registers no gradients; tfjs-layers registers them all.
import '@tensorflow/tfjs-layers';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { OnnxBackend } from './backend.ts';
import { Sessions } from './graph/sessions.ts';
import { registerKernels } from './kernels/register.ts';
import { loadOnnxRuntime } from './runtime/onnxruntime.ts';
import { probeBlock } from './runtime/probe-block.ts';

/** Which provider computes, and how. */
export interface OnnxOptions {
  /** Threads of the cpu provider; default one per physical core, as ONNX Runtime chooses. */
  readonly threads?: number | undefined;
  /** What computes; default `cpu`. */
  readonly provider?: 'cpu' | 'webgpu' | 'cuda';
}

/** What runs. */
export interface StartedOnnx {
  readonly device: string;
  /** ONNX Runtime's version. */
  readonly version: string;
  readonly threads: number;
}

/**
 * Registers TensorFlow.js' backend `onnx` and makes it the current one.
 *
 * @throws {Error} if ONNX Runtime does not load here or has no such provider; the message says why.
 */
export async function startOnnx({ threads, provider = 'cpu' }: OnnxOptions = {}): Promise<StartedOnnx> {
  const runtime = loadOnnxRuntime();
  if (!runtime.providers.includes(provider)) {
    throw new Error(
      `Cannot start provider '${provider}': this ONNX Runtime has ${runtime.providers.join(', ')}`,
    );
  }
  const { availableParallelism } = await import('node:os');
  const count = threads ?? availableParallelism();
  if (!('onnx' in tf.engine().registryFactory)) {
    registerKernels();
    const block = provider === 'cpu' ? probeBlock(runtime) : 0;
    const options = {
      executionProviders: [provider],
      intraOpNumThreads: count,
      graphOptimizationLevel: 'all' as const,
      logSeverityLevel: 3 as const,
    };
    tf.registerBackend('onnx', () => new OnnxBackend(new Sessions(runtime, options), block));
  }
  await tf.setBackend('onnx');
  await tf.ready();
  return { device: `ONNX Runtime on ${provider}`, version: runtime.version, threads: count };
}
