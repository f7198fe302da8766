import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';

/** tfjs's own backend in WebAssembly, as it comes. */
export const backend = 'wasm';
export async function startBackend(): Promise<undefined> {
  setWasmPaths(`${dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'))}/`);
}
