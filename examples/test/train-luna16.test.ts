import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writePhantomDataset } from '@lunet/phantom/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runExample, summaryOf } from './run-example.ts';

let folder: string;
let data: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lunet-example-'));
  data = join(folder, 'data');
  await writePhantomDataset(data, { scans: 3, seed: 5, slices: 24, size: 128 });
}, 60_000);
afterAll(() => rm(folder, { recursive: true }));

const short = [
  '--fold',
  '0',
  '--filters',
  '4',
  '--max-steps',
  '4',
  '--batch-size',
  '4',
  '--augmented',
  '--json',
  '--engine',
  'wasm',
];
const sha256 = async (path: string) =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex');

describe('train-luna16', () => {
  it('trains, validates, and gives the same weights for the same seed whatever the workers', {
    timeout: 120_000,
  }, async () => {
    const run = async (name: string, extra: string[]) => {
      const out = join(folder, name);
      const result = await runExample('train-luna16', ['--data', data, '--out', out, ...short, ...extra]);
      expect(result, result.stderr).toMatchObject({ code: 0 });
      return { out, result, weights: await sha256(join(out, 'latest.safetensors')) };
    };
    const one = await run('one', ['--num-workers', '1']);
    const four = await run('four', ['--num-workers', '4']);
    const other = await run('other', ['--num-workers', '0', '--seed', '2']);
    expect(four.weights).toBe(one.weights);
    expect(other.weights).not.toBe(one.weights);

    const summary = summaryOf(one.result);
    expect(Object.keys(summary).sort()).toEqual([
      'dice',
      'engine',
      'falsePositivesPerScan',
      'nodules',
      'nodulesFound',
      'precision',
      'recall',
      'seconds',
      'stepMilliseconds',
    ]);
    expect(summary.engine).toBe('wasm');
    const files = await readdir(one.out);
    expect(files).toEqual(
      expect.arrayContaining([
        'best.safetensors',
        'config.json',
        'latest.safetensors',
        'metrics.jsonl',
        'overlays',
      ]),
    );
    const config = JSON.parse(await readFile(join(one.out, 'config.json'), 'utf8'));
    expect(config).toMatchObject({ options: { seed: 1, network: { filters: 4 } }, engine: { name: 'wasm' } });
    expect(config.data.training).toMatch(/^[0-9a-f]{64}$/);
    const uids: string[] = [...config.trainingScans, ...config.validationScans];
    expect(uids.length).toBeGreaterThan(config.validationScans.length);
    expect(new Set(uids).size, 'apart').toBe(uids.length);
  });

  it('trains the reference network with its loss, without negatives', { timeout: 60_000 }, async () => {
    const out = join(folder, 'dlwpt');
    const flags = [
      '--fold',
      '0',
      '--preset',
      'dlwpt',
      '--max-steps',
      '2',
      '--batch-size',
      '4',
      '--num-workers',
      '0',
    ];
    const result = await runExample('train-luna16', ['--data', data, '--out', out, ...flags]);
    expect(result, result.stderr).toMatchObject({ code: 0 });
    const config = JSON.parse(await readFile(join(out, 'config.json'), 'utf8'));
    expect(config.options).toMatchObject({ negatives: 0, hardNegatives: 0, schedule: 'constant' });
  });

  it('explains itself', async () => {
    const { code, stdout } = await runExample('train-luna16', ['--help']);
    expect(code).toBe(0);
    for (const flag of [
      '--data',
      '--out',
      '--epochs',
      '--batch-size',
      '--num-workers',
      '--augmented',
      '--fold',
      '--seed',
    ]) {
      expect(stdout).toContain(flag);
    }
    for (const flag of [
      '--engine',
      '--filters',
      '--depth',
      '--preset',
      '--fn-weight',
      '--learning-rate',
      '--negatives',
    ]) {
      expect(stdout).toContain(flag);
    }
    for (const flag of ['--max-steps', '--json']) expect(stdout).toContain(flag);
  });

  it.each([
    [['--data', 'x', '--epochs', '0'], /--epochs.*whole number from 1 on/],
    [['--data', 'x', '--seed', '4294967296'], /--seed.*below 2\^32/],
    [['--data', 'x', '--engine', 'cuda'], /--engine.*Allowed choices are auto, tensorflow, onnx, wasm, cpu/],
    [['--epochs', '1'], /required option '--data/],
    [['--data', 'x', '--bogus'], /unknown option '--bogus'/],
    [['--data', 'x', '--preset', 'dlwpt', '--filters', '8'], /leave out --filters/],
    [
      ['--resume', 'x', '--epochs', '20'],
      /--epochs cannot be given with --resume.*schedule of the learning rate/,
    ],
    [['--resume', 'x', '--augment-flip'], /--augment-flip cannot be given with --resume/],
    [['--resume', '/nowhere/at/all'], /Cannot read run \/nowhere\/at\/all: ENOENT/],
    [['--data', '/nowhere/at/all'], /\/nowhere\/at\/all/],
  ])('says in one message what is wrong with %j', async (args, message) => {
    const { code, stderr } = await runExample('train-luna16', args);
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('    at ');
  });
});

const shared = join(import.meta.dirname, '../../../shared/data');
const slabs = ['lidc-0001-slab', 'lidc-0002-slab'];

describe.skipIf(!existsSync(join(shared, slabs[0]!)))(
  'on real scans (needs the excerpts in ../shared/data)',
  () => {
    it('learns the nodule of a LUNA16 folder made of two slabs', { timeout: 180_000 }, async () => {
      const root = join(folder, 'lidc');
      for (const [fold, slab] of slabs.entries()) {
        await cp(join(shared, slab), join(root, `subset${fold}`), { recursive: true });
      }
      await cp(join(shared, 'luna16-csv/annotations.csv'), join(root, 'annotations.csv'));
      const out = join(folder, 'lidc-run');
      const run = await runExample('train-luna16', [
        ...['--data', root, '--out', out, '--fold', 'none', '--filters', '8', '--json'],
        ...['--samples-per-nodule', '400', '--epochs', '1', '--max-steps', '60', '--learning-rate', '5e-3'],
      ]);
      expect(run, run.stderr).toMatchObject({ code: 0 });
      const { recall, nodules, nodulesFound } = summaryOf(run);
      expect({ nodules, nodulesFound }).toEqual({ nodules: 1, nodulesFound: 1 });
      expect(recall).toBeGreaterThanOrEqual(0.95);
    });
  },
);
