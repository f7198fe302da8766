import { cp, mkdtemp, open, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identityDirection, toVoxels } from '@lunet/io';
import { writeVolume } from '@lunet/io/node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fingerprintMetaImage, keepResult, readKept } from '../evaluate/kept-results.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lunet-kept-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('a result is kept under its fingerprint; another one, and a file cut off or foreign, is no result', async () => {
  const file = join(folder, 'result.json');
  expect(await readKept(file, 'a')).toEqual({ kind: 'absent' });
  const result = await keepResult(file, 'a', { probability: 0.1 + 0.2 });
  expect(await readKept(file, 'a')).toEqual({ kind: 'kept', result });
  expect(result).toEqual({ probability: 0.1 + 0.2 });
  expect(await readKept(file, 'b')).toEqual({ kind: 'outdated' });
  const text = await readFile(file, 'utf8');
  for (const other of [text.slice(0, -1), '', 'null', '[]', '{"fingerprint":"a"}']) {
    await writeFile(file, other);
    expect(await readKept(file, 'a'), other).toEqual({ kind: 'unreadable' });
  }
});

test.each(['mha', 'mhd'])(
  'the fingerprint of an .%s is that of its copy, and tells changed voxels',
  async (extension) => {
    const geometry = {
      size: [40, 40, 40],
      spacing: [1, 1, 1],
      origin: [0, 0, 0],
      direction: identityDirection,
    } as const;
    const data = Int16Array.from({ length: 64_000 }, (_, i) => i % 1000);
    const original = await mkdtemp(join(folder, 'original-'));
    const path = join(original, `scan.${extension}`);
    await writeVolume(path, { geometry, voxels: toVoxels(data, [40, 40, 40]) });
    const fingerprint = await fingerprintMetaImage(path);

    const copy = join(folder, `copy-${extension}`);
    await cp(original, copy, { recursive: true });
    await utimes(join(copy, `scan.${extension}`), 1, 1);
    expect(await fingerprintMetaImage(join(copy, `scan.${extension}`))).toBe(fingerprint);

    const voxels = await open(join(copy, extension === 'mha' ? 'scan.mha' : 'scan.raw'), 'r+');
    await voxels.write(new Uint8Array([1, 2, 3]), 0, 3, 64_000);
    await voxels.close();
    expect(await fingerprintMetaImage(join(copy, `scan.${extension}`))).not.toBe(fingerprint);
  },
);
