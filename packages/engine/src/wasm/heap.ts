import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { kernelsBinary } from './kernels-binary.ts';
import type { WasmKernels } from './wasm-kernels.ts';

/** Purposes of scratch memory; a kernel may use each once at a time. */
export type ScratchName =
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
  /** Byte address of a tensor's data. */
  address(tensor: TensorInfo): number;
  /** Byte address of at least `bytes` bytes of working memory, kept for the next call; contents undefined. */
  scratch(name: ScratchName, bytes: number): number;
  /** A view of `length` floats; any later allocation may invalidate it. */
  floats(address: number, length: number): Float32Array;
  /** Likewise of doubles; the address is a multiple of 8. */
  doubles(address: number, length: number): Float64Array;
}

/** What we use of emscripten's module object beyond tfjs' own types. */
interface EmscriptenModule {
  readonly asm: { readonly memory?: WebAssembly.Memory };
  _malloc(bytes: number): number;
  _free(address: number): void;
}

let compiled: WebAssembly.Module | undefined;
const heaps = new WeakMap<BackendWasm, Heap>();

/** Compiles the embedded kernels once per process. */
export async function compileKernels(): Promise<void> {
  compiled ??= await WebAssembly.compile(
    Uint8Array.from(atob(kernelsBinary), (character) => character.charCodeAt(0)),
  );
}

/**
 * The heap of a started wasm backend; the kernels are linked to it at the first call.
 *
 * @throws {Error} if `compileKernels` has not completed, or the backend does not give access to its memory.
 */
export function heapOf(backend: BackendWasm): Heap {
  let heap = heaps.get(backend);
  if (heap === undefined) {
    heap = linkKernels(backend);
    heaps.set(backend, heap);
  }
  return heap;
}

function linkKernels(backend: BackendWasm): Heap {
  const module = backend.wasm as unknown as EmscriptenModule;
  const memory = module.asm.memory;
  if (compiled === undefined || memory === undefined) {
    const missing =
      memory === undefined ? 'tfjs-backend-wasm does not export its memory' : 'not compiled yet';
    throw new Error(
      `Cannot link the wasm kernels: ${missing}; call startEngine() with tfjs-backend-wasm 4.22.0`,
    );
  }
  const kernels = new WebAssembly.Instance(compiled, { env: { memory } }).exports as unknown as WasmKernels;
  const scratch = new Map<ScratchName, { address: number; bytes: number }>();
  return {
    kernels,
    address: (tensor) => backend.getMemoryOffset(tensor.dataId as object),
    scratch(name, bytes) {
      const kept = scratch.get(name);
      if (kept !== undefined && kept.bytes >= bytes) return kept.address;
      if (kept !== undefined) module._free(kept.address);
      const address = module._malloc(bytes) >>> 0;
      if (address === 0) throw new RangeError(`Cannot allocate ${bytes} bytes of scratch on the wasm heap`);
      scratch.set(name, { address, bytes });
      return address;
    },
    floats: (address, length) => new Float32Array(memory.buffer, address, length),
    doubles: (address, length) => new Float64Array(memory.buffer, address, length),
  };
}
