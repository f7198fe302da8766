import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

test('a program that breaks off an epoch ends by itself, run from sources with tsx', async () => {
  const folder = new URL('..', import.meta.url);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', '--conditions', '@lunet/source', 'test/programs/break-early.ts'],
    { cwd: fileURLToPath(folder), timeout: 25_000 },
  );
  expect(stdout).toBe('saw 2 batches\n');
});
