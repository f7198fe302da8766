// tfjs-core alone registers no gradients; tfjs-layers registers them all.
import '@tensorflow/tfjs-layers';
import '@tensorflow/tfjs-backend-cpu';
import { availableParallelism } from 'node:os';
import * as tf from '@tensorflow/tfjs-core';
import type { InferenceSession } from 'onnxruntime-node';
import { OnnxBackend } from './backend.ts';
import { registerDilatedGradients } from './dilated-gradients.ts';
import { buildProgram } from './graph/program.ts';
import { newValue, Recorder } from './graph/recorder.ts';
import { Sessions } from './graph/sessions.ts';
import { registerKernels } from './kernels/register.ts';
import { loadOnnxRuntime, type OnnxRuntime, reasonOf } from './runtime/onnxruntime.ts';
import { probeBlock } from './runtime/probe-block.ts';
import { watchProviders } from './runtime/watch-providers.ts';

/** What computes in ONNX Runtime: its execution providers. */
export type Provider = 'cpu' | 'webgpu' | 'cuda';

/** Which provider computes, and how. */
export interface OnnxOptions {
  /** Threads of the cpu provider; default one per physical core, as ONNX Runtime chooses. */
  readonly threads?: number | undefined;
  /** What computes; default `cpu`. */
  readonly provider?: Provider;
}

/** What runs. */
export interface StartedOnnx {
  readonly device: string;
  /** `ONNX Runtime` and its version. */
  readonly version: string;
  readonly threads: number;
  /**
   * ONNX's operators that ran on the CPU though another provider was asked for; it grows as graphs run for the first time.
   * Each is also named in a warning.
   */
  readonly leftToCpu: ReadonlySet<string>;
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
  // Somebody may have called tf.removeBackend.
  if (tf.findBackendFactory('onnx') == null) running = undefined;
  const wanted = { threads: threads ?? availableParallelism(), provider };
  if (running && (running.provider !== provider || (threads !== undefined && threads !== running.threads))) {
    throw new RangeError(
      `Cannot start ${wanted.threads} threads of '${provider}': ${running.threads} of '${running.provider}' run already; ask for them at the first start`,
    );
  }
  if (!running) {
    const options = {
      executionProviders: [provider],
      intraOpNumThreads: wanted.threads,
      graphOptimizationLevel: 'all' as const,
      logSeverityLevel: 3 as const,
      // Threads that wait in a loop take the cores that data workers need: steps beside busy ones took three times as long.
      extra: { session: { intra_op: { allow_spinning: '0' } } },
    };
    tryProvider(runtime, options);
    const block = provider === 'cpu' ? probeBlock(runtime) : 0;
    registerKernels('onnx');
    registerDilatedGradients('onnx');
    const leftToCpu = new Set<string>();
    const watched =
      provider === 'cpu' ? runtime : watchProviders(runtime, (found) => tellNew(provider, found, leftToCpu));
    tf.registerBackend('onnx', () => new OnnxBackend(new Sessions(watched, options), block), priority);
    running = { ...wanted, leftToCpu };
  }
  await tf.setBackend('onnx');
  await tf.ready();
  const { leftToCpu } = running;
  const count = running.threads;
  const device = provider === 'cpu' ? `CPU, ${count} thread${count === 1 ? '' : 's'}` : provider;
  return { device, version: `ONNX Runtime ${runtime.version}`, threads: count, leftToCpu };
}

/** Above the cpu backend's, so that tfjs prefers this one of the two. */
const priority = 2;

let running:
  | { readonly threads: number; readonly provider: Provider; readonly leftToCpu: ReadonlySet<string> }
  | undefined;

function tellNew(provider: Provider, found: ReadonlySet<string>, known: Set<string>): void {
  const fresh = [...found].filter((operator) => !known.has(operator));
  if (fresh.length === 0) return;
  for (const operator of fresh) known.add(operator);
  console.warn(`@lunet/onnx: ${provider} leaves ${fresh.sort().join(', ')} to the CPU, which may be slow`);
}

/** Runs 1 + 1: a provider without its device fails at the first session only. */
function tryProvider(runtime: OnnxRuntime, options: InferenceSession.SessionOptions): void {
  const recorder = new Recorder();
  const one = newValue({ type: 'float32', shape: [1] }, Float32Array.of(1));
  const two = recorder.op('Add', [one, one], {}, { type: 'float32', shape: [1] });
  const sessions = new Sessions(runtime, options);
  try {
    sessions.run(buildProgram(recorder.take(), [two]), new Set());
  } catch (cause) {
    throw new Error(`Cannot start provider '${options.executionProviders}': ${reasonOf(cause)}`, { cause });
  } finally {
    sessions.dispose();
  }
}
