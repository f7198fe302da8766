import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { holdLock } from '../src/install/hold-lock.ts';

let root: string;
let count = 0;
const pollMilliseconds = 5;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'lunet-lock-'));
});
afterAll(() => rm(root, { recursive: true }));

function newLock(): string {
  return join(root, `${++count}.lock`);
}

function holder(fields: object): string {
  return JSON.stringify({ pid: process.pid, host: hostname(), since: '2026-11-23T07:00:00.000Z', ...fields });
}

it('lets one work at a time, and tells who it waits for', async () => {
  const file = newLock();
  const waits: string[] = [];
  let inside = 0;
  const work = async (): Promise<void> => {
    expect(++inside).toBe(1);
    await sleep(10);
    inside--;
  };
  const options = { pollMilliseconds, onWait: (text: string) => waits.push(text) };
  await Promise.all([1, 2, 3].map(() => holdLock(file, work, options)));
  expect(waits).toHaveLength(2);
  expect(waits[0]).toMatch(
    new RegExp(`^process ${process.pid} on ${hostname()}, since 20|^a process that is just`),
  );
  expect(await readdir(root)).toEqual([]);
});

it('is let go when the work fails', async () => {
  const file = newLock();
  await expect(holdLock(file, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(await holdLock(file, () => Promise.resolve('next'))).toBe('next');
});

it('is taken over at once from a process that was killed', async () => {
  const file = newLock();
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 1e5)']);
  await once(child, 'spawn');
  await writeFile(file, holder({ pid: child.pid }));
  const waits: string[] = [];
  const taken = holdLock(file, () => readFile(file, 'utf8'), {
    pollMilliseconds,
    onWait(text) {
      waits.push(text);
      child.kill('SIGKILL');
    },
  });
  expect(JSON.parse(await taken)).toMatchObject({ pid: process.pid });
  expect(waits).toEqual([`process ${child.pid} on ${hostname()}, since 2026-11-23T07:00:00.000Z`]);
});

it.each([
  [
    'a process of another machine that has not touched it for a minute',
    holder({ host: 'elsewhere', pid: 1 }),
    61,
  ],
  ['a process whose number was used again', holder({}), 61],
  ['a process that was killed before it wrote its name', '', 6],
  ['nobody that it names', 'not JSON', 0],
])('is taken over from %s', async (_, text, seconds) => {
  const file = newLock();
  await writeFile(file, text);
  const then = new Date(Date.now() - seconds * 1000);
  await utimes(file, then, then);
  expect(await holdLock(file, () => Promise.resolve('taken'))).toBe('taken');
});

it('is waited for while another machine touches it, until the signal', async () => {
  const file = newLock();
  await writeFile(file, holder({ host: 'elsewhere', pid: 1 }));
  const controller = new AbortController();
  const waiting = holdLock(file, () => Promise.resolve(), { signal: controller.signal, pollMilliseconds });
  setTimeout(() => controller.abort(new Error('enough')), 20);
  await expect(waiting).rejects.toThrow();
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ host: 'elsewhere' });
});

it('is left to whom took it over while its holder was stopped', async () => {
  const file = newLock();
  const other = holder({ host: 'elsewhere' });
  await holdLock(file, () => writeFile(file, other));
  expect(await readFile(file, 'utf8')).toBe(other);
});

it('is taken over by one of many', async () => {
  const file = newLock();
  await writeFile(file, holder({ pid: 999_999_999 }));
  let inside = 0;
  const work = async (): Promise<void> => {
    expect(++inside).toBe(1);
    await sleep(1);
    inside--;
  };
  await Promise.all(Array.from({ length: 6 }, () => holdLock(file, work, { pollMilliseconds: 1 })));
});
