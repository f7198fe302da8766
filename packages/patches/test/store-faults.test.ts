import { spawn, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { openLuna16 } from '@lunet/io/node';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type PrepareResult, prepareStore } from '../src/node.ts';
import { writeLuna16 } from './luna16-folder.ts';
import { digestsOf, tinyScans } from './store-files.ts';

const node = [process.execPath, '--import', 'tsx', '--conditions', '@lunet/source'];
const cwd = fileURLToPath(new URL('..', import.meta.url));

let root: string;
let base: string;
let folder: string;
let expected: Record<string, string>;

beforeAll(async () => {
  root = await writeLuna16(tinyScans);
  base = await mkdtemp(path.join(tmpdir(), 'lunet-store-'));
  folder = path.join(base, 'whole');
  await goOn();
  expected = await digestsOf(folder);
});
afterAll(async () => {
  await rm(root, { recursive: true });
  await rm(base, { recursive: true });
});
let count = 0;
beforeEach(async () => {
  folder = path.join(base, `store-${++count}`);
});

const settings = { seed: 1, negativesPerScan: 6 } as const;

/** Prepares the store here. */
async function goOn(): Promise<PrepareResult> {
  return prepareStore((await openLuna16(root)).scans, folder, settings);
}

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Prepares the store in a process of its own, behind a shell's limits, until it ends or has said enough lines. */
function prepareInChild({ before = '', lines = Number.POSITIVE_INFINITY } = {}): Promise<Ended> {
  const child = spawn(
    'sh',
    ['-c', `${before} exec "$@"`, 'sh', ...node, 'test/programs/prepare.ts', root, folder],
    {
      cwd,
    },
  );
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    // The shell has become the program: the child that is killed is this test's own.
    if (stdout.split('\n').length > lines) child.kill('SIGKILL');
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

describe('prepareStore in a process that is killed', () => {
  test.each([1, 3, 5])('at its line %i goes on where it was, to the same bytes', async (lines) => {
    expect(await prepareInChild({ lines })).toMatchObject({ signal: 'SIGKILL' });
    expect((await goOn()).kept).toBeGreaterThanOrEqual(1);
    expect(await digestsOf(folder)).toEqual(expected);
  });
});

const sets = spawnSync('sh', ['-c', 'ulimit -f 1']).status === 0;
describe.skipIf(!sets)('prepareStore where files cannot grow (needs ulimit -f)', () => {
  test.each([
    [
      'a part',
      200,
      /^Cannot prepare store .*: Cannot write .*parts.*EFBIG.*; the next run goes on from them\n$/,
    ],
    [
      'the store',
      3000,
      /^Cannot prepare store .*: Cannot write .*images\.next\.npy: EFBIG.*\. 4 of 4 scans are read and kept there; .*\n$/,
    ],
  ])('that is %s: says so in one line and keeps what it has', async (_, kibibytes, message) => {
    // A shell counts in blocks of 512 bytes.
    const starved = await prepareInChild({ before: `ulimit -f ${kibibytes * 2};` });
    expect(starved.code).toBe(1);
    expect(starved.stderr).toMatch(message);
    expect(await readdir(folder)).not.toContain('store.json');
    await goOn();
    expect(await digestsOf(folder)).toEqual(expected);
  });
});

const disk = path.join(tmpdir(), `lunet-disk-${process.pid}`);
const mounts = spawnSync('sh', [
  '-c',
  `mkdir -p ${disk} && mount -t tmpfs -o size=4m tmpfs ${disk} && umount ${disk}`,
]);
describe.skipIf(mounts.status !== 0)('prepareStore on a full disk (needs the right to mount a tmpfs)', () => {
  afterAll(() => rm(disk, { recursive: true }));

  test('says so in one line, keeps what it has, and goes on when there is room', async () => {
    const mount = (options: string) =>
      spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', disk]).status;
    expect(mount('size=4m')).toBe(0);
    try {
      folder = path.join(disk, 'store');
      await mkdir(folder);
      await expect(goOn()).rejects.toThrow(
        /^Cannot prepare store .*: Cannot write .*: ENOSPC: no space left on device.*\. [1-4] of 4 scans are read and kept there; the next run goes on from them$/,
      );
      expect(mount('remount,size=64m')).toBe(0);
      expect((await goOn()).kept).toBeGreaterThanOrEqual(1);
      expect(await digestsOf(folder)).toEqual(expected);
    } finally {
      spawnSync('umount', [disk]);
    }
  });
});
