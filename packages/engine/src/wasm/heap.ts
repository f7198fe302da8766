import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { ThreadPool } from './thread-pool.ts';
import type { SplitKernels, WasmKernels } from './wasm-kernels.ts';

/** Purposes of scratch memory; a kernel may use each once at a time. */
export type ScratchName =
  | 'job'
  | 'image'
  | 'weights'
  | 'bias'
  | 'gradient'
  | 'sums'
  | 'mean'
  | 'scale'
  | 'shift'
  | 'offset';

/**
 * tfjs-backend-wasm's heap with our own WebAssembly kernels on it: they import the backend's memory, so that they
 * read and write its tensors in place.
 */
export interface Heap {
  readonly kernels: WasmKernels;
  readonly threads: number;
  /** Byte address of a tensor's data. */
  address(tensor: TensorInfo): number;
  /** Byte address of at least `bytes` bytes of working memory, kept for the next call; contents undefined. */
  scratch(name: ScratchName, bytes: number): number;
  /** A view of `length` floats; any later allocation may invalidate it. */
  floats(address: number, length: number): Float32Array;
  /** Likewise of doubles; the address is a multiple of 8. */
  doubles(address: number, length: number): Float64Array;
  /** Writes a kernel's arguments to scratch memory, 4 bytes each; valid until the next call. */
  writeJob(fields: readonly number[]): number;
  /**
   * Does the units 0 … `units` − 1 of a job, split evenly over the threads; returns when all are done. A job of few
   * multiply-adds stays on the caller's thread: waking another costs some 20 µs.
   */
  parallel(kernel: keyof SplitKernels, job: number, units: number, multiplyAdds: number): void;
}

/** What we use of emscripten's module object beyond tfjs' own types. */
interface EmscriptenModule {
  readonly asm: { readonly memory?: WebAssembly.Memory };
  _malloc(bytes: number): number;
  _free(address: number): void;
}

/** Multiply-adds that one thread does in about 0.1 ms. */
const worthSharing = 2e6;

const heaps = new WeakMap<BackendWasm, Heap>();

/** The memory of a started wasm backend. */
export function memoryOf(backend: BackendWasm): WebAssembly.Memory {
  const { memory } = (backend.wasm as unknown as EmscriptenModule).asm;
  if (memory === undefined) {
    throw new Error('tfjs-backend-wasm does not export its memory; install version 4.22.0');
  }
  return memory;
}

/** Links compiled kernels to a backend's memory, once; without a pool they run on the caller's thread. */
export function linkKernels(backend: BackendWasm, compiled: WebAssembly.Module, pool?: ThreadPool): Heap {
  const { _malloc, _free } = backend.wasm as unknown as EmscriptenModule;
  const memory = memoryOf(backend);
  const kernels = new WebAssembly.Instance(compiled, { env: { memory } }).exports as unknown as WasmKernels;
  const kept = new Map<ScratchName, { address: number; bytes: number }>();
  const threads = pool?.threads ?? 1;
  const scratch = (name: ScratchName, bytes: number): number => {
    const last = kept.get(name);
    if (last !== undefined && last.bytes >= bytes) return last.address;
    if (last !== undefined) _free(last.address);
    const address = _malloc(bytes) >>> 0;
    if (address === 0) throw new RangeError(`Cannot allocate ${bytes} bytes of scratch on the wasm heap`);
    kept.set(name, { address, bytes });
    return address;
  };
  const heap: Heap = {
    kernels,
    threads,
    address: (tensor) => backend.getMemoryOffset(tensor.dataId as object),
    scratch,
    floats: (address, length) => new Float32Array(memory.buffer, address, length),
    doubles: (address, length) => new Float64Array(memory.buffer, address, length),
    writeJob(fields) {
      const address = scratch('job', fields.length * 4);
      new Int32Array(memory.buffer, address, fields.length).set(fields);
      return address;
    },
    parallel(kernel, job, units, multiplyAdds) {
      const boundary = (thread: number): number => Math.floor((units * thread) / threads);
      if (pool === undefined || multiplyAdds < worthSharing) {
        kernels[kernel](job, 0, units, 0);
        return;
      }
      const others = Array.from({ length: threads - 1 }, (_, i) => ({
        from: boundary(i + 1),
        to: boundary(i + 2),
      }));
      pool.start(kernel, job, others);
      try {
        kernels[kernel](job, 0, boundary(1), 0);
      } finally {
        // The others still write to the heap, whatever became of this part.
        pool.wait();
      }
    },
  };
  heaps.set(backend, heap);
  return heap;
}

/**
 * The heap of the wasm backend that `startEngine` started.
 *
 * @throws {Error} if it did not start this backend.
 */
export function heapOf(backend: BackendWasm): Heap {
  const heap = heaps.get(backend);
  if (heap === undefined) {
    throw new Error('Cannot run the wasm kernels: this backend was not started by startEngine()');
  }
  return heap;
}

/** Whether kernels are linked to that backend. */
export function isLinked(backend: BackendWasm): boolean {
  return heaps.has(backend);
}
