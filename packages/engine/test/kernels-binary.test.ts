import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, it } from 'vitest';
import { compileKernels, embedKernels } from '../../../scripts/build-kernels.mjs';

let binary: Uint8Array<ArrayBuffer>;

beforeAll(async () => {
  binary = await compileKernels(fileURLToPath(new URL('..', import.meta.url)));
});

it('embeds exactly what assembly/ compiles to', async () => {
  const source = await readFile(new URL('../src/wasm/kernels-binary.ts', import.meta.url), 'utf8');
  expect(source).toBe(embedKernels(binary));
});

it('imports the memory and brings no data of its own, which would overwrite the backend’s', async () => {
  const module = await WebAssembly.compile(binary);
  expect(WebAssembly.Module.imports(module)).toEqual([{ module: 'env', name: 'memory', kind: 'memory' }]);
  expect(sectionsOf(binary)).not.toContain(11);
});

/** Section ids of a WebAssembly binary; 11 is data. */
function sectionsOf(binary: Uint8Array): number[] {
  const ids: number[] = [];
  let at = 8;
  while (at < binary.length) {
    ids.push(binary[at++]!);
    let size = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = binary[at++]!;
      size |= (byte & 127) << shift;
      if (byte < 128) break;
    }
    at += size;
  }
  return ids;
}
