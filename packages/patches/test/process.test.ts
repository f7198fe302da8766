import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

/** Runs a program from sources with tsx; rejects where it exits with an error or does not end. */
async function run(program: string, ...more: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', '--conditions', '@lunet/source', `test/programs/${program}`, ...more],
    { cwd: fileURLToPath(new URL('..', import.meta.url)), timeout: 25_000 },
  );
  return stdout;
}

test('a program that breaks off an epoch ends by itself', async () => {
  expect(await run('break-early.ts')).toBe('reached the end\n');
});

test('a program that closes its loaders goes on after that', async () => {
  expect(await run('break-early.ts', 'close')).toBe('reached the end\n');
});

test('a program that closes its loaders while they work goes on after that', async () => {
  expect(await run('close-busy.ts')).toBe('reached the end\n');
});

test('threads start in a program that is given as an argument', async () => {
  const program = fileURLToPath(new URL('programs/break-early.ts', import.meta.url));
  const flags = ['--input-type=module', '--import', 'tsx', '--conditions', '@lunet/source'];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...flags, '--eval', `await import(${JSON.stringify(program)})`],
    { cwd: fileURLToPath(new URL('..', import.meta.url)), timeout: 25_000 },
  );
  expect(stdout).toBe('reached the end\n');
});
