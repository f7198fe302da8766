import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLuna16 } from '@lunet/io/node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runExample } from './run-example.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lunet-make-phantom-'));
});
afterAll(() => rm(folder, { recursive: true }));

const small = ['--scans', '2', '--size', '96', '--spacing', '0.9', '--slices', '8', '--num-workers', '0'];

test('writes a data set, says what and what to do next, and keeps it the second time', async () => {
  const out = join(folder, 'data');
  const first = await runExample('make-phantom', ['--', '--out', out, ...small]);
  expect(first).toMatchObject({ code: 0, stderr: '' });
  expect(first.stdout).toMatch(/^2 scans \(2 made, 0 kept\) with \d+ nodules in 0:\d\d$/m);
  expect(first.stdout).toContain(`\nNext: pnpm train --data ${out} --fold 0`);
  const { scans, problems } = await openLuna16(out);
  expect([scans.length, problems]).toEqual([2, []]);

  const second = await runExample('make-phantom', ['--out', out, ...small]);
  expect(second.stdout).toContain('2 scans (0 made, 2 kept)');
});

test('a bad flag, a bad value and a foreign folder are one message each, and exit code 1', async () => {
  const flag = await runExample('make-phantom', ['--out', folder, '--nodule', '3']);
  expect(flag.code).toBe(1);
  expect(flag.stderr).toContain("error: unknown option '--nodule'");

  const value = await runExample('make-phantom', ['--out', folder, '--scans', 'many']);
  expect(value.code).toBe(1);
  expect(value.stderr).toContain('It takes a whole number from 1 on.');

  await writeFile(join(folder, 'thesis.tex'), 'precious');
  const foreign = await runExample('make-phantom', ['--out', folder, ...small]);
  expect(foreign.code).toBe(1);
  expect(foreign.stderr.trim()).toBe(
    `error: Cannot write phantoms to ${folder}: it is not empty and has no phantom.json; choose another folder`,
  );
});
