import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { compileKernels, embedKernels } from '../../../scripts/build-kernels.mjs';

test('embeds exactly what assembly/ compiles to', async () => {
  const source = await readFile(new URL('../src/crop/kernels-binary.ts', import.meta.url), 'utf8');
  const binary = await compileKernels(fileURLToPath(new URL('..', import.meta.url)));
  expect(source).toBe(embedKernels(binary));
});
