import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, open, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identityDirection, toVoxels } from '@lunet/io';
import { writeVolume } from '@lunet/io/node';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
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
  const { checksum } = JSON.parse(text);
  for (const other of [
    ...[text.slice(0, -1), '', 'null', '[]', '{"fingerprint":"a"}', text.replace('0.3', '0.4')],
    ...[null, {}].flatMap((changed) => [
      JSON.stringify({ fingerprint: 'a', result: changed }),
      JSON.stringify({ fingerprint: 'a', checksum, result: changed }),
    ]),
  ]) {
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

describe('the fingerprint', () => {
  const header = (dataFile: string) =>
    `ObjectType = Image\nNDims = 3\nDimSize = 10 10 10\nElementType = MET_UCHAR\nElementDataFile = ${dataFile}\n`;

  it('is of files of the data folder only', async () => {
    const inside = join(folder, 'inside');
    await mkdir(inside);
    await writeFile(join(folder, 'secret.raw'), new Uint8Array(1000));
    const path = join(inside, 'mask.mhd');
    for (const dataFile of ['../secret.raw', join(folder, 'secret.raw')]) {
      await writeFile(path, header(dataFile));
      await expect(fingerprintMetaImage(path)).rejects.toThrow(/lies outside the header's folder/);
    }
    await symlink(join(folder, 'secret.raw'), join(inside, 'mask.raw'));
    await writeFile(path, header('mask.raw'));
    await expect(fingerprintMetaImage(path)).rejects.toThrow(/lies outside the header's folder/);
    expect(await fingerprintMetaImage(path, { allowExternalData: true })).toMatch(/^[0-9a-f]{64}$/);
  });

  it.skipIf(process.platform === 'win32')('waits for no pipe', { timeout: 5000 }, async () => {
    const piped = join(folder, 'piped');
    await mkdir(piped);
    execFileSync('mkfifo', [join(piped, 'mask.raw')]);
    await writeFile(join(piped, 'mask.mhd'), header('mask.raw'));
    await expect(fingerprintMetaImage(join(piped, 'mask.mhd'))).rejects.toThrow(/not a regular file/);
  });
});
