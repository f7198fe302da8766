import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identityDirection } from '@lunet/io';
import type { Luna16Scan } from '@lunet/io/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fingerprintScans, RunFolder } from '../src/index.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lunet-run-'));
});
afterAll(() => rm(folder, { recursive: true }));

const scan: Luna16Scan = {
  seriesUid: '1.2',
  path: '/data/1.2.mhd',
  allowExternalData: false,
  fold: 0,
  geometry: { size: [2, 2, 2], spacing: [1, 1, 1], origin: [0, 0, 0], direction: identityDirection },
  nodules: [{ seriesUid: '1.2', centerWorld: [1, 1, 1], diameterMm: 4 }],
  outside: [],
  excluded: [],
  candidates: [],
  lungMaskPath: undefined,
};

describe('fingerprintScans', () => {
  it('is the same wherever the scans lie, and another for other scans, geometries, nodules or orders', () => {
    const other = { ...scan, seriesUid: '3.4' };
    const own = fingerprintScans([scan, other]);
    expect(own).toMatch(/^[0-9a-f]{64}$/);
    expect(fingerprintScans([{ ...scan, path: '/elsewhere/1.2.mhd' }, other])).toBe(own);
    const others = [
      [scan],
      [other, scan],
      [{ ...scan, geometry: { ...scan.geometry, spacing: [1, 1, 2] as const } }, other],
      [{ ...scan, nodules: [] }, other],
    ];
    for (const scans of others) expect(fingerprintScans(scans)).not.toBe(own);
  });
});

describe('RunFolder', () => {
  it('writes numbers that JSON has not as null, so that every line can be parsed', async () => {
    const run = await RunFolder.create(join(folder, 'run'), {});
    await run.log('train', 1, { loss: Number.NaN }, { epoch: 0 });
    await run.close();
    const lines = await readFile(join(run.path, 'metrics.jsonl'), 'utf8');
    expect(lines).toBe('{"kind":"train","step":1,"loss":null,"epoch":0}\n');
  });

  it('is never started twice in one folder', async () => {
    const run = await RunFolder.create(join(folder, 'once'), {});
    await run.close();
    await expect(RunFolder.create(run.path, {})).rejects.toThrow('it holds one already');
  });
});
