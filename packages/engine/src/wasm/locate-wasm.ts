import { shareMemory } from './share-memory.ts';

/**
 * Folder of tfjs-backend-wasm's .wasm files inside its npm package, with a trailing slash; undefined in a browser,
 * where tfjs fetches the one it needs relative to the page, or from where `setWasmPaths` says.
 */
export async function locateWasm(): Promise<string | undefined> {
  if (typeof process === 'undefined' || process.versions?.node === undefined) return undefined;
  const { createRequire } = await import('node:module');
  const main = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
  return main.replace(/[^/\\]*$/, '');
}

/**
 * A `data:` URL of the SIMD binary in that folder, changed so that its memory is shared.
 *
 * Upstream's own threaded binary does not run in Node: it starts its workers from `blob:` URLs. Ours need no threads
 * inside tfjs, only a memory that several can see.
 */
export async function sharedWasmUrl(folder: string): Promise<string> {
  const { readFile } = await import('node:fs/promises');
  const binary = await readFile(`${folder}tfjs-backend-wasm-simd.wasm`);
  return `data:application/wasm;base64,${Buffer.from(shareMemory(new Uint8Array(binary))).toString('base64')}`;
}
