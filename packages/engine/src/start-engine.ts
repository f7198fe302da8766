// tfjs-core alone registers no gradients; tfjs-layers registers them all (deep imports of dist/ break in ESM).
import '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';
import { fuseBatchNormalization } from './fuse-batch-normalization.ts';
import { startCpu } from './start-cpu.ts';
import { type Started, startWasm } from './start-wasm.ts';

/** The engines that `startEngine` can start. */
export type EngineName = 'wasm' | 'cpu';

/** What runs, as `startEngine` found it. */
export interface Engine {
  readonly name: EngineName;
  /** What it runs on, for people. */
  readonly device: string;
  /** Version of the TensorFlow.js backend. */
  readonly version: string;
  readonly threads: number;
  /** Faster engines that did not start, and why. */
  readonly passedOver: readonly { readonly name: EngineName; readonly reason: string }[];
}

/** Which engine to start. */
export interface EngineOptions {
  /** `auto` takes the fastest; a named engine is that one or an error. The plain `cpu` never runs unasked. */
  readonly prefer?: 'auto' | EngineName;
  /**
   * Threads of the wasm engine, at the first start of a process; default one per core, at most 8. Results do not
   * depend on it. Browsers run one.
   */
  readonly threads?: number;
  /** Whether BatchNormalization layers train through fused kernels, equal to rounding; default true. */
  readonly fuse?: boolean;
}

const starters: Record<EngineName, (threads: number | undefined) => Promise<Started>> = {
  wasm: startWasm,
  cpu: startCpu,
};

/**
 * Starts a TensorFlow.js backend with gradients and all kernels that training a U-Net needs, and says what runs.
 *
 * Calling it again returns the same engine, or switches to another; weights do not move between engines.
 *
 * @throws {RangeError} if there is no engine of that name, or `threads` is not an integer from 1 to 64.
 * @throws {Error} if the engine does not start; the message says why and what to do. No other is taken instead.
 * @example
 * ```ts
 * const engine = await startEngine();
 * engine.name; // 'wasm'
 * ```
 */
export async function startEngine({
  prefer = 'auto',
  threads,
  fuse = true,
}: EngineOptions = {}): Promise<Engine> {
  const name = prefer === 'auto' ? 'wasm' : prefer;
  if (!Object.hasOwn(starters, name)) {
    const known = ['auto', ...Object.keys(starters)].join(', ');
    throw new RangeError(`Cannot start engine '${name}': expected one of ${known}`);
  }
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1 && threads <= 64)) {
    throw new RangeError(`Cannot start ${threads} threads: expected an integer from 1 to 64`);
  }
  const started = await starters[name](threads);
  const running = tf.getBackend();
  if (running !== name) {
    throw new Error(`Cannot start engine '${name}': TensorFlow.js runs '${running}' instead`);
  }
  fuseBatchNormalization(fuse);
  return { name, ...started, passedOver: [] };
}
