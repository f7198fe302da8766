import { createHash } from 'node:crypto';
import { cp, mkdtemp, readdir, readFile, rename, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writePhantomDataset } from '@lunet/phantom/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runExample, summaryOf } from './run-example.ts';

let folder: string;
let data: string;
let store: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lunet-prepare-'));
  data = join(folder, 'data');
  store = join(folder, 'store');
  await writePhantomDataset(data, { scans: 3, seed: 5, slices: 24, size: 128 });
}, 60_000);
afterAll(() => rm(folder, { recursive: true }));

const prepare = (...args: string[]) =>
  runExample('prepare-luna16', ['--data', data, '--out', store, ...args]);

/** A training of two epochs, hard negatives before the second one, and the SHA-256 of its weights. */
async function train(name: string, ...args: string[]) {
  const out = join(folder, name);
  const flags =
    '--fold 0 --filters 4 --epochs 2 --max-steps 4 --batch-size 8 --num-workers 1 --augmented --hard-negatives 6 ' +
    '--validate-every 2 --json';
  const result = await runExample('train-luna16', ['--out', out, ...flags.split(' '), ...args]);
  const weights = await readFile(join(out, 'latest.safetensors')).catch(() => undefined);
  return { ...result, weights: weights && createHash('sha256').update(weights).digest('hex') };
}

describe('prepare-luna16', () => {
  it('makes a store on which training gives the very weights that the scans give', {
    timeout: 120_000,
  }, async () => {
    const prepared = await prepare();
    expect(prepared, prepared.stderr).toMatchObject({ code: 0, stderr: '' });
    expect(prepared.stdout).toMatch(
      /store: \d+ nodules and 72 negatives of 3 scans \(0 kept\), \d+\.\d MB in 0:\d\d/,
    );
    const onScans = await train('on-scans', '--data', data);
    expect(onScans, onScans.stderr).toMatchObject({ code: 0 });
    const onStore = await train('on-store', '--data', store);
    expect(onStore, onStore.stderr).toMatchObject({ code: 0, weights: onScans.weights });
    const { seconds: _, stepMilliseconds: __, ...scores } = summaryOf(onStore);
    expect(summaryOf(onScans)).toMatchObject(scores);
    const configs = await Promise.all(
      ['on-scans', 'on-store'].map(async (name) =>
        JSON.parse(await readFile(join(folder, name, 'config.json'), 'utf8')),
      ),
    );
    const { training, validation } = configs[0].data;
    expect(configs[1].data).toMatchObject({ training, validation });
    expect(configs[1].validationScans).toEqual(configs[0].validationScans);
  });

  it('trains without the scans when that is asked for, else says where to look', {
    timeout: 120_000,
  }, async () => {
    const moved = join(folder, 'elsewhere', 'deep', 'store');
    await cp(store, moved, { recursive: true });
    const lost = await train('lost', '--data', moved);
    expect(lost.code).toBe(1);
    expect(lost.stderr).toMatch(
      /^\nerror: Cannot validate: .*data is not there\. Give --scans with the LUNA16 folder, or --no-validation to train without it\n$/,
    );
    const alone = await train('alone', '--data', moved, '--no-validation');
    expect(alone, alone.stderr).toMatchObject({ code: 0 });
    expect(alone.stdout).toContain('no hard negatives are looked for');
    expect(summaryOf(alone)).not.toHaveProperty('recall');
    expect(await readdir(join(folder, 'alone'))).not.toContain('best.safetensors');
    const found = await train('found', '--data', moved, '--scans', data, '--max-steps', '1');
    expect(found, found.stderr).toMatchObject({ code: 0 });
  });

  it('skips a broken scan and says so with exit code 2', { timeout: 60_000 }, async () => {
    const names = await readdir(join(data, 'subset1'));
    const raw = join(data, 'subset1', names.find((name) => name.endsWith('.raw'))!);
    await rename(raw, `${raw}.kept`);
    await cp(`${raw}.kept`, raw);
    await truncate(raw, 100);
    const skipped = await prepare();
    expect(skipped.code).toBe(2);
    expect(skipped.stdout).toMatch(/is 786432 bytes, the file has 100\n/);
    expect(skipped.stdout).toMatch(/of 2 scans \(2 kept\)/);
    expect(skipped.stdout).toMatch(/1 scans could not be read and are not in the store\n$/);
    await rename(`${raw}.kept`, raw);
    expect((await prepare()).stdout).toMatch(/of 3 scans \(2 kept\)/);
    expect((await prepare()).stdout).toMatch(/of 3 scans \(3 kept\)/);
  });

  it('says in one message what is wrong', async () => {
    const { code, stderr } = await runExample('prepare-luna16', [
      '--data',
      '/nowhere/at/all',
      '--out',
      store,
    ]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^\nerror: .*\/nowhere\/at\/all.*\n$/);
  });
});
