import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');

let folder: string;
beforeAll(async () => {
  // Inside the package, where its name and its dependencies are found.
  await mkdir(join(root, '.test'), { recursive: true });
  folder = await mkdtemp(join(root, '.test', 'readme-'));
});
afterAll(() => rm(folder, { recursive: true }));

it('the example in README.md prints what it says, and writes its file', async () => {
  const text = await readFile(join(root, 'README.md'), 'utf8');
  const [, code, output] = /```ts\n(.*?)```\n\n```\n(.*?)```/s.exec(text)!;
  await writeFile(join(folder, 'example.ts'), code!);
  const args = ['--import', 'tsx', '--conditions', '@lunet/source', 'example.ts'];
  expect(execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })).toBe(output);
  expect((await stat(join(folder, 'line.onnx'))).size).toBeGreaterThan(100);
});
