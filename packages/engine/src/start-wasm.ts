import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import type { Started, StartOptions } from './engine.ts';
import { registerKernels } from './register-kernels.ts';
import { isLinked, linkKernels, memoryOf } from './wasm/heap.ts';
import { kernelsBinary } from './wasm/kernels-binary.ts';
import { locateWasm, sharedWasmUrl } from './wasm/locate-wasm.ts';
import { shareMemory } from './wasm/share-memory.ts';
import { startThreadPool, type ThreadPool } from './wasm/thread-pool.ts';
import { withoutNewListeners } from './wasm/without-new-listeners.ts';

/** The 4.22 line of tfjs-backend-wasm has these three; only the second is ever loaded. */
const binaries = ['tfjs-backend-wasm', 'tfjs-backend-wasm-simd', 'tfjs-backend-wasm-threaded-simd'];

let running: { backend: BackendWasm; threads: number; pool: ThreadPool | undefined } | undefined;

/**
 * Starts tfjs-backend-wasm with our kernels on its heap, and further threads for them.
 *
 * The number of threads is that of the first start; another one takes a new process.
 */
export async function startWasm({ threads }: StartOptions): Promise<Started> {
  const { setWasmPaths, version_wasm: version } = await import('@tensorflow/tfjs-backend-wasm');
  if (!(await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT'))) {
    throw new Error(
      'this JavaScript engine has no WebAssembly SIMD; use Node 20 or later, or a current browser',
    );
  }
  // In a cross-origin isolated page upstream would take its threaded binary, whose memory no kernel of ours can join.
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  const folder = await locateWasm();
  const count = folder === undefined ? 1 : (threads ?? (await defaultThreads()));
  // Not tf.findBackend: it starts a backend to find it.
  if (!('wasm' in tf.engine().registry) && folder !== undefined) {
    if (count === 1) {
      setWasmPaths(folder);
    } else {
      const url = await sharedWasmUrl(folder);
      setWasmPaths(Object.fromEntries(binaries.map((name) => [`${name}.wasm`, url])), true);
    }
  }
  registerKernels();
  if (!(await withoutNewListeners(() => tf.setBackend('wasm')))) {
    throw new Error(
      folder === undefined
        ? `no usable ${binaries[1]}.wasm at the page's address; serve @tensorflow/tfjs-backend-wasm/dist/${binaries[1]}.wasm there, or call its setWasmPaths first`
        : `no usable .wasm file in ${folder}; reinstall @tensorflow/tfjs-backend-wasm`,
    );
  }
  await tf.ready();
  const backend = tf.backend() as BackendWasm;
  if (!isLinked(backend)) running = await link(backend, count);
  const actual = running?.threads ?? 1;
  if (threads !== undefined && threads !== actual) {
    throw new RangeError(`it runs with ${actual} threads already; ask for ${threads} at the first start`);
  }
  return {
    device: `WebAssembly SIMD, ${actual} thread${actual === 1 ? '' : 's'}`,
    version,
    threads: actual,
    gpu: false,
  };
}

async function link(backend: BackendWasm, count: number): Promise<NonNullable<typeof running>> {
  await running?.pool?.close();
  const memory = memoryOf(backend);
  const shared = typeof SharedArrayBuffer !== 'undefined' && memory.buffer instanceof SharedArrayBuffer;
  const binary = Uint8Array.from(atob(kernelsBinary), (character) => character.charCodeAt(0));
  const compiled = await WebAssembly.compile(shared ? shareMemory(binary) : binary);
  const threads = shared ? count : 1;
  const pool = threads > 1 ? await startThreadPool(threads, compiled, memory) : undefined;
  linkKernels(backend, compiled, pool);
  return { backend, threads, pool };
}

/** More than eight would share the eight groups of a filter gradient. */
async function defaultThreads(): Promise<number> {
  const { availableParallelism } = await import('node:os');
  return Math.min(8, availableParallelism());
}
