/**
 * Folder of tfjs-backend-wasm's .wasm files inside its npm package, with a trailing slash; undefined in a browser,
 * where the bundler serves them beside the script.
 */
export async function locateWasm(): Promise<string | undefined> {
  if (typeof process === 'undefined' || process.versions?.node === undefined) return undefined;
  const { createRequire } = await import('node:module');
  const main = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
  return main.replace(/[^/\\]*$/, '');
}
