// tfjs-core alone registers no gradients; tfjs-layers registers them all (deep imports of dist/ break in ESM).
import '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';
import { onnx, tensorflow } from '#node-engines';
import type { Engine, EngineName, EngineStarter, Started, StartOptions } from './engine.ts';
import { fuseBatchNormalization } from './fuse-batch-normalization.ts';
import { engineNames, ladder } from './ladder.ts';
import { fuseAdam } from './optimizer/adam.ts';
import { registerGradients } from './register-gradients.ts';
import { startCpu } from './start-cpu.ts';
import { startWasm } from './start-wasm.ts';

/** Which engine to start. */
export interface EngineOptions {
  /** `auto` takes the fastest that starts; a named engine is that one or an error. The plain `cpu` never runs unasked. */
  readonly prefer?: 'auto' | EngineName;
  /**
   * Threads to compute with, fixed by an engine's first start in a process; default one per core (wasm: at most 8).
   * Browsers run one.
   */
  readonly threads?: number;
  /**
   * Whether BatchNormalization layers and `adam` take fewer, larger kernels than tfjs' own, with results equal to
   * rounding; default true.
   */
  readonly fuse?: boolean;
}

const wasm: EngineStarter = { name: 'wasm', start: startWasm };
const cpu: EngineStarter = { name: 'cpu', start: startCpu };

const starters: Readonly<Record<EngineName, EngineStarter>> = { tensorflow, onnx, wasm, cpu };

/**
 * Starts a TensorFlow.js backend with gradients and all kernels that training a U-Net needs, and says what runs.
 *
 * Calling it again returns the same engine, or switches to another; weights do not move between engines. Where an
 * engine does not start, the one that ran before goes on.
 *
 * @throws {RangeError} if there is no engine of that name, or `threads` is not an integer from 1 to 64.
 * @throws {Error} if the named engine, or with `auto` none, starts; the message says why and what to do.
 * @example
 * ```ts
 * const engine = await startEngine();
 * engine.name; // 'onnx', where @lunet/onnx is installed and no GPU is
 * engine.passedOver[0]; // { name: 'tensorflow', reason: 'not installed: …' }
 * ```
 */
export async function startEngine({
  prefer = 'auto',
  threads,
  fuse = true,
}: EngineOptions = {}): Promise<Engine> {
  if (!['auto', ...engineNames].includes(prefer)) {
    throw new RangeError(
      `Cannot start engine '${prefer}': expected one of ${['auto', ...engineNames].join(', ')}`,
    );
  }
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1 && threads <= 64)) {
    throw new RangeError(`Cannot start ${threads} threads: expected an integer from 1 to 64`);
  }
  // An engine that is tried twice is told of once, with its last reason.
  const reasons = new Map<EngineName, string>();
  let cause: unknown;
  for (const { name, gpu } of prefer === 'auto' ? ladder : [{ name: prefer, gpu: undefined }]) {
    try {
      const { insteadOf, ...started } = await startOrRestore(starters[name], { threads, gpu });
      if (insteadOf === undefined) reasons.delete(name);
      else reasons.set(name, insteadOf);
      registerGradients();
      fuseBatchNormalization(fuse);
      fuseAdam(fuse);
      const passedOver = [...reasons].map(([name, reason]) => ({ name, reason }));
      return { name, ...started, passedOver };
    } catch (error) {
      cause = error;
      reasons.set(name, error instanceof Error ? error.message : String(error));
    }
  }
  const [[name, reason], ...others] = [...reasons].reverse() as [
    [EngineName, string],
    ...[EngineName, string][],
  ];
  throw new Error(
    `Cannot start engine '${name}': ${reason}${others.map(([other, why]) => `\n  nor '${other}': ${why}`).join('')}`,
    { cause },
  );
}

async function startOrRestore(starter: EngineStarter, options: StartOptions): Promise<Started> {
  const before = tf.getBackend();
  try {
    const started = await starter.start(options);
    const running = tf.getBackend();
    if (running !== starter.name) throw new Error(`TensorFlow.js runs '${running}' instead`);
    return started;
  } catch (error) {
    // tf.setBackend leaves a backend that failed as the current one.
    if (before != null && before !== tf.getBackend()) await tf.setBackend(before);
    throw error;
  }
}
