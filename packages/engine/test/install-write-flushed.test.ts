import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeFlushed } from '../src/install/write-flushed.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lunet-flushed-'));
});
afterAll(() => rm(folder, { recursive: true }));

it('writes a stream to a file in folders that it makes', async () => {
  const file = join(folder, 'a/b/c');
  await writeFlushed(() => Readable.from([Buffer.from('some'), Buffer.from('thing')]), file);
  expect(await readFile(file, 'utf8')).toBe('something');
});

it('rejects if the stream fails as soon as it is opened, and nothing is uncaught', async () => {
  const open = () => new Readable({ read() {} }).destroy(new Error('broken'));
  await expect(writeFlushed(open, join(folder, 'new/folder/file'))).rejects.toThrow('broken');
});
