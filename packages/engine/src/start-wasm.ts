import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { registerGradients } from './register-gradients.ts';
import { registerKernels } from './register-kernels.ts';
import { compileKernels, heapOf } from './wasm/heap.ts';
import { locateWasm } from './wasm/locate-wasm.ts';

/** Starts tfjs-backend-wasm with our kernels on its heap. */
export async function startWasm(): Promise<{ device: string; version: string; threads: number }> {
  try {
    const { setWasmPaths, version_wasm: version } = await import('@tensorflow/tfjs-backend-wasm');
    if (!(await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT'))) {
      throw new Error(
        'this JavaScript engine has no WebAssembly SIMD; use Node 20 or later, or a current browser',
      );
    }
    const folder = await locateWasm();
    if (folder !== undefined && tf.findBackend('wasm') == null) setWasmPaths(folder);
    await compileKernels();
    registerKernels();
    registerGradients();
    if (!(await tf.setBackend('wasm'))) {
      throw new Error(
        `no usable .wasm file in ${folder ?? 'the bundle'}; reinstall @tensorflow/tfjs-backend-wasm`,
      );
    }
    await tf.ready();
    heapOf(tf.backend() as BackendWasm);
    return { device: 'WebAssembly SIMD, 1 thread', version, threads: 1 };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`Cannot start engine 'wasm': ${reason}`, { cause });
  }
}
