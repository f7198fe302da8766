import { spawn } from 'node:child_process';
import { appendFile, cp, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parsePredictions } from '@lunet/io';
import { type Luna16, type Luna16Problem, type Luna16Scan, openLuna16, readVolume } from '@lunet/io/node';
import { writePhantomDataset } from '@lunet/phantom/node';
import { fingerprintScans } from '@lunet/train';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseEvaluateOptions } from '../evaluate/evaluate-luna16-options.ts';
import { selectScans } from '../evaluate/select-scans.ts';
import { scoredNodules } from '../scans/luna16-scans.ts';
import type { RunRecord } from '../scans/open-model.ts';
import { denseModel } from './dense-model.ts';
import { refusalOf } from './refusal-of.ts';
import { type ExampleRun, exampleCommand, runExample } from './run-example.ts';

let folder: string;
let data: string;
let run: string;
let scans: readonly Luna16Scan[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lunet-evaluate-'));
  data = join(folder, 'data');
  run = join(folder, 'run');
  await writePhantomDataset(data, { scans: 3, seed: 5, slices: 20, size: 128 });
  ({ scans } = await openLuna16(data));
  // Above the held-out scan.
  const above = scans.find(({ fold }) => fold === 0)!.seriesUid;
  await appendFile(join(data, 'annotations.csv'), `${above},0,0,5000,6\n`);
  ({ scans } = await openLuna16(data));
  // A run that held subset 0 out.
  const heldOut = scans.filter(({ fold }) => fold === 0);
  await writeRun(run, {
    options: { fold: 0 },
    data: { training: fingerprintScans(scans.filter(({ fold }) => fold !== 0)) },
    validationScans: heldOut.map(({ seriesUid }) => seriesUid),
  });
}, 60_000);
afterAll(() => rm(folder, { recursive: true }));

async function writeRun(path: string, config: object): Promise<void> {
  await mkdir(path);
  await writeFile(join(path, 'best.safetensors'), await denseModel(-100));
  await writeFile(join(path, 'config.json'), JSON.stringify(config));
  const steps = Array.from({ length: 20 }, (_, i) => ({
    kind: 'train',
    step: i + 1,
    loss: 1 / (i + 1),
    recall: 0,
  }));
  const lines = [...steps, { kind: 'validation', step: 20, recall: 0.5, precision: 0.5, dice: 0.5 }];
  await writeFile(
    join(path, 'metrics.jsonl'),
    `${lines.map((row) => JSON.stringify(row)).join('\n')}\n{"kind`,
  );
}

const evaluate = (...args: string[]): Promise<ExampleRun> => runExample('evaluate-luna16', args);
const onAll = (out: string, ...args: string[]) =>
  evaluate('--data', data, '--model', run, '--fold', 'all', '--out', join(folder, out), ...args);
const scoresOf = async (out: string) => JSON.parse(await readFile(join(folder, out, 'scores.json'), 'utf8'));
/** All that has to be the same however a run came about. */
const bytesOf = (out: string) =>
  Promise.all(
    ['scores.json', 'predictions.csv', 'froc.csv'].map((name) => readFile(join(folder, out, name), 'utf8')),
  );

describe('evaluate-luna16', () => {
  it('scores the scans that the run held out, and leaves a report and marks that score the same', {
    timeout: 60_000,
  }, async () => {
    const result = await evaluate('--data', data, '--model', run, '--masks', 'mha', '--json');
    expect(result, result.stderr).toMatchObject({ code: 0, stderr: '' });
    expect(result.stdout).toMatch(/^scans {7}1 scan with \d+ nodules?: held-out scans$/m);
    expect(result.stdout).not.toContain('WARNING');
    const out = join(run, 'evaluation');
    const scores = JSON.parse(await readFile(join(out, 'scores.json'), 'utf8'));
    expect(JSON.parse(result.stdout.trimEnd().split('\n').at(-1)!)).toEqual(scores);

    const [scan] = scans.filter(({ fold }) => fold === 0) as [Luna16Scan];
    const nodules = scan.nodules.length + 1;
    const warnings = [
      'the best weights were chosen on these scans: another fold would be a stricter test',
      '1 annotated nodule lies outside its scan and counts as missed',
    ];
    expect(scores).toMatchObject({ scans: 1, nodules, warnings, failed: [] });
    for (const warning of warnings) expect(result.stdout).toContain(`note        ${warning}`);
    expect(scores.truePositives + scores.falseNegatives).toBe(nodules);
    expect(scores.truePositives).toBeGreaterThan(0);
    const { truePositives, falsePositives, ignoredOnExcluded, doubleDetections } = scores;
    expect(scores.candidates).toBeLessThanOrEqual(
      truePositives + falsePositives + ignoredOnExcluded + doubleDetections,
    );
    expect(scores.sensitivityAt).toHaveLength(7);
    expect(scores.cpm).toBeCloseTo(scores.sensitivityAt.reduce((a: number, b: number) => a + b) / 7, 12);
    expect(scores.band.sensitivityAt[6].value).toBe(scores.sensitivityAt[6]);
    expect(scores.summary.sizes.map(({ name }: { name: string }) => name)).toEqual([
      '< 5 mm',
      '5–10 mm',
      '> 10 mm',
    ]);
    expect([scores.summary.nodules, scores.baseline.summary.nodules]).toEqual([nodules, nodules]);

    expect(scores.operatingPoints[0]).toMatchObject({ pickedOn: 'these scans' });
    expect(result.stdout).toMatch(
      /^threshold {3}\S+ for recall of voxels at least 0.9, picked on these scans: recall [01]\./m,
    );

    const mask = await readVolume(join(out, 'masks', `${scan.seriesUid}.mha`));
    expect(mask.geometry).toEqual(scan.geometry);
    const report = await readFile(join(out, 'report.html'), 'utf8');
    expect(report).toContain(scan.seriesUid);
    for (const warning of warnings) expect(report).toContain(warning);
    expect(report).toContain('data:image/png;base64,');

    // Another report of the same needs no scan predicted again.
    const alarms = (page: string) => page.match(/data-kind="false-positive"/g)?.length ?? 0;
    expect(alarms(report)).toBe(3);
    const redrawn = await evaluate('--data', data, '--model', run, '--report-false-positives', '5');
    expect(redrawn.stdout).not.toContain('engine');
    expect(alarms(await readFile(join(out, 'report.html'), 'utf8'))).toBe(5);

    const csv = join(out, 'predictions.csv');
    expect(parsePredictions(await readFile(csv, 'utf8')).length).toBe(scores.candidates + scores.overCap);
    const list = join(folder, 'list.csv');
    await writeFile(list, `seriesuid\n${scan.seriesUid}\n`);
    const [annotations, excluded] = ['', '_excluded'].map((name) => join(data, `annotations${name}.csv`)) as [
      string,
      string,
    ];
    const again = ['--predictions', csv, '--annotations', annotations, '--excluded', excluded];
    const rescored = await evaluate(
      ...again,
      '--seriesuids',
      list,
      '--out',
      join(folder, 'rescored'),
      '--json',
    );
    expect(rescored, rescored.stderr).toMatchObject({ code: 0, stderr: '' });
    expect(rescored.stdout).not.toContain('engine');
    const { cpm, sensitivityAt, candidates, band, skipped } = JSON.parse(
      rescored.stdout.trimEnd().split('\n').at(-1)!,
    );
    expect({ cpm, sensitivityAt, candidates, band }).toEqual({
      cpm: scores.cpm,
      sensitivityAt: scores.sensitivityAt,
      candidates: scores.candidates,
      band: scores.band,
    });
    const others = scans.filter(({ fold }) => fold !== 0);
    const rowsOf = (name: 'nodules' | 'excluded') => others.flatMap((other) => other[name]).length;
    expect(skipped).toEqual({ nodules: rowsOf('nodules'), excluded: rowsOf('excluded'), marks: 0 });
    const page = await readFile(join(folder, 'rescored', 'report.html'), 'utf8');
    expect(page).toContain('<svg');
    expect(page).toContain('this model on other scans');
  });

  it('writes the same bytes when it was killed and restarted, and from three shards', {
    timeout: 120_000,
  }, async () => {
    const whole = await onAll('whole', '--no-report');
    expect(whole, whole.stderr).toMatchObject({ code: 0 });
    expect(whole.stdout).toMatch(/^WARNING: the model was trained on 2 scans with \d+ nodules? of these/m);

    // Killed as soon as a scan is kept; and another one's file is cut off, as by a full disk.
    const { command, args } = exampleCommand('evaluate-luna16', [
      ...['--data', data, '--model', run, '--fold', 'all', '--out', join(folder, 'killed'), '--no-report'],
    ]);
    const child = spawn(command, args, { cwd: join(import.meta.dirname, '../..'), stdio: 'ignore' });
    const ended = new Promise((resolve) => child.on('close', (_, signal) => resolve(signal)));
    const keptBy = async (out: string) =>
      (await readdir(join(folder, out, 'scans')).catch(() => [])).filter((name) => !name.startsWith('.'));
    while ((await keptBy('killed')).length === 0 && child.exitCode === null) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    child.kill('SIGKILL');
    expect(await ended).toBe('SIGKILL');
    const kept = await keptBy('killed');
    expect(kept).toHaveLength(1);
    const cut = (await keptBy('whole')).find((name) => !kept.includes(name))!;
    await cp(join(folder, 'whole', 'scans', cut), join(folder, 'killed', 'scans', cut));
    await truncate(join(folder, 'killed', 'scans', cut), 1000);
    const restarted = await onAll('killed', '--no-report');
    expect(restarted, restarted.stderr).toMatchObject({ code: 0 });
    expect(restarted.stdout).toMatch(
      new RegExp(`^kept {8}${kept.length} of 3 scans from an earlier run`, 'm'),
    );
    expect(await bytesOf('killed')).toEqual(await bytesOf('whole'));

    // The first scan comes last: the order in which results came about must not show.
    for (const [shard, missing] of [
      ['2/3', 2],
      ['3/3', 1],
    ] as const) {
      const { code, stdout } = await onAll('shards', '--no-report', '--shard', shard);
      expect(code).toBe(0);
      expect(stdout).toMatch(
        new RegExp(
          `^missing {5}${missing} of 3 scans are in other shards; run the same without --shard`,
          'm',
        ),
      );
    }
    expect(await readdir(join(folder, 'shards'))).not.toContain('scores.json');
    const last = await onAll('shards', '--no-report', '--shard', '1/3');
    expect(last, last.stderr).toMatchObject({ code: 0 });
    expect(await bytesOf('shards')).toEqual(await bytesOf('whole'));
  });

  it('needs no lung mask that nobody asked for', { timeout: 60_000 }, async () => {
    const [scan] = scans as [Luna16Scan];
    const broken = join(folder, 'broken-mask');
    await cp(data, broken, { recursive: true });
    await writeFile(join(broken, 'seg-lungs-LUNA16', `${scan.seriesUid}.mhd`), 'nonsense');
    await cp(join(folder, 'whole'), join(folder, 'maskless'), { recursive: true });
    await rm(join(folder, 'maskless', 'scans', `${scan.seriesUid}.json`));
    const { code, stdout } = await evaluate(
      ...[
        '--data',
        broken,
        '--model',
        run,
        '--fold',
        'all',
        '--out',
        join(folder, 'maskless'),
        '--no-report',
      ],
    );
    expect(code).toBe(0);
    expect(stdout).toContain('kept        2 of 3');
    expect(stdout).toMatch(
      new RegExp(`^note {8}${scan.seriesUid}: the baseline looks in lungs of our own`, 'm'),
    );
    const [scores, whole] = [await scoresOf('maskless'), await scoresOf('whole')];
    expect(scores.baseline.lungs).toEqual({ data: 2, own: 1, none: 0 });
    expect({ ...scores, baseline: undefined }).toEqual({ ...whole, baseline: undefined });
  });

  it('goes on past a broken scan, names it, and ends with 1', { timeout: 60_000 }, async () => {
    const broken = join(folder, 'broken');
    await cp(data, broken, { recursive: true });
    const [scan] = scans as [Luna16Scan];
    const file = (await readdir(join(broken, `subset${scan.fold}`))).find((name) => name.endsWith('raw'))!;
    await truncate(join(broken, `subset${scan.fold}`, file), 5000);
    await cp(join(folder, 'whole'), join(folder, 'partly'), { recursive: true });
    const { code, stdout } = await evaluate(
      ...['--data', broken, '--model', run, '--fold', 'all', '--out', join(folder, 'partly')],
    );
    expect(code).toBe(1);
    const nodules = scoredNodules(scan).length;
    const warning = new RegExp(
      `1 of 3 scans failed; ${nodules} nodules? (is|are) annotated there, which no score counts`,
    );
    expect(stdout).toMatch(warning);
    expect(stdout).toMatch(/^2 of 3 scans, false positives a scan/m);
    expect(stdout).toMatch(/^2 of 3 scans \(all scans\), p > 0.5/m);
    expect(await readFile(join(folder, 'partly', 'report.html'), 'utf8')).toMatch(warning);
    expect(stdout).toContain('kept        2 of 2');
    expect(stdout, 'no engine for scans that are kept').not.toContain('engine');
    expect(stdout).toMatch(new RegExp(`^FAILED {6}${scan.seriesUid}: Cannot read `, 'm'));
    const scores = await scoresOf('partly');
    expect(scores.scans).toBe(2);
    expect(scores.failed).toEqual([
      { seriesUid: scan.seriesUid, nodules, message: expect.stringContaining(scan.seriesUid) },
    ]);
    expect(scores.warnings.at(-1)).toMatch(warning);
    expect(scores.failed[0].message).not.toContain(folder);
  });

  it('says in one message what is wrong', { timeout: 60_000 }, async () => {
    const [row, list] = [join(folder, 'row.csv'), join(folder, 'one.csv')];
    await writeFile(row, 'seriesuid,coordX,coordY,coordZ,probability\n1.2,0,0,zero,0.5\n');
    await writeFile(list, '1.2\n');
    const scored = ['--annotations', join(data, 'annotations.csv'), '--seriesuids', list];
    const unwritable = join(run, 'config.json', 'out');
    const cases: [string[], RegExp][] = [
      [['--data', data, '--model', run, '--fold', '7'], /no scan is in fold 7; there are folds 0, 1, 2/],
      [['--data', data, '--model', run, '--out', unwritable], /^error: Cannot write to .*out/m],
      [['--predictions', row, ...scored], /row 2: coordZ is "zero", expected a number/],
    ];
    await Promise.all(
      cases.map(async ([args, message]) => {
        const { code, stderr } = await evaluate(...args);
        expect(stderr).toMatch(message);
        expect(stderr).not.toContain('    at ');
        expect(code).toBe(1);
      }),
    );
  });

  it.each([
    [[], /give --data and --model, or --predictions/],
    [['--data', 'd'], /--model is missing/],
    [['--fold', 'first'], /It takes subsets such as 0 or 0,3/],
    [['--shard', '4/3'], /It takes i\/n with i from 1 to n/],
    [['--threshold', '1'], /It takes a probability from 0 on and below 1/],
    [['--report-false-positives', '11'], /It takes 0 to 10/],
    [['--recall', '0'], /It takes a share above 0, at most 1/],
    [['--data', 'd', '--model', 'm', '--annotations', 'a'], /--annotations goes with --predictions/],
    [['--predictions', 'p'], /--predictions needs --annotations and --seriesuids/],
    [['--predictions', 'p', '--model', 'm'], /cannot be used with option '--model/],
    [['--predictions', 'p', '--threshold', '0.5'], /cannot be used with option '--threshold/],
    [['--predictions', 'p', '--no-baseline'], /cannot be used with option '--no-baseline/],
    [['--predictions', 'p', '--lung-margin', '3'], /cannot be used with option '--lung-margin/],
    [['--bogus'], /unknown option '--bogus'/],
  ])('refuses the command line %j', (args, message) => {
    expect(refusalOf(() => parseEvaluateOptions(args))).toMatch(message);
  });
});

describe('selectScans', () => {
  const scan = (seriesUid: string, fold: number) =>
    ({ seriesUid, fold, nodules: [{}], outside: [] }) as unknown as Luna16Scan;
  const luna16 = (problems: Partial<Luna16Problem>[] = []) =>
    ({ scans: [scan('a', 0), scan('b', 0), scan('c', 3)], problems }) as unknown as Luna16;
  const held: RunRecord = { fold: 3, validationScans: ['c'], training: 'unknown' };
  const modelOf = (run: RunRecord | undefined, weights = 'latest') => ({
    run,
    path: `runs/one/${weights}.safetensors`,
  });

  it('takes folds, all scans, or those that the run held out', () => {
    const select = (fold: Parameters<typeof selectScans>[1]) =>
      selectScans(luna16(), fold, modelOf(held)).scans.map(({ seriesUid }) => seriesUid);
    expect(select([0])).toEqual(['a', 'b']);
    expect(select('all')).toEqual(['a', 'b', 'c']);
    expect(select('held-out')).toEqual(['c']);
  });

  it('warns of scans that the model was, or may have been, trained on', () => {
    const warningsOf = (
      run: RunRecord | undefined,
      fold: Parameters<typeof selectScans>[1] = 'all',
      weights?: string,
    ) => selectScans(luna16(), fold, modelOf(run, weights)).warnings;
    const trained =
      'WARNING: the model was trained on 2 scans with 2 nodules of these; scores on them say nothing about new scans';
    expect(warningsOf({ ...held, trainingScans: ['a', 'b', 'y'] })).toEqual([trained]);
    expect(warningsOf({ ...held, trainingScans: ['a', 'b'] }, 'held-out')).toEqual([]);
    const elsewhere = { ...held, validationScans: ['z'] };
    expect(warningsOf({ ...elsewhere, trainingScans: ['x', 'y'] }), 'other data').toEqual([]);
    expect(warningsOf({ ...elsewhere, trainingScans: ['a', 'b', 'y'] }), 'a part of the same').toEqual([
      trained,
    ]);

    // Runs of older versions do not list them.
    expect(warningsOf(held, 'held-out')).toEqual([]);
    expect(warningsOf(held)).toEqual([
      'WARNING: it is not known whether the model was trained on 2 scans with 2 nodules of these; if it was, scores on them say nothing about new scans',
    ]);
    expect(warningsOf(elsewhere)[0]).toContain('not known whether the model was trained on 3 scans');
    expect(warningsOf({ ...held, fold: 'none' })[0]).toContain('3 scans');
    const training = fingerprintScans(luna16().scans.slice(0, 2));
    expect(warningsOf({ ...held, training })).toEqual([trained]);
    expect(warningsOf(undefined, [0])[0]).toContain('there is no config.json beside the weights');
  });

  it('says that the best weights were chosen on the scans that were held out', () => {
    const run = { ...held, trainingScans: ['b'] };
    const warningsOf = (fold: Parameters<typeof selectScans>[1], validationScans = ['c'], weights = 'best') =>
      selectScans(luna16(), fold, modelOf({ ...run, validationScans }, weights)).warnings;
    const stricter = 'another fold would be a stricter test';
    expect(warningsOf('held-out')).toEqual([`the best weights were chosen on these scans: ${stricter}`]);
    expect(warningsOf([0, 3], ['a', 'c'])).toEqual([
      expect.stringContaining('trained on 1 scan'),
      `the best weights were chosen on 2 of these scans: ${stricter}`,
    ]);
    expect(warningsOf('held-out', ['c'], 'latest')).toEqual([]);
    expect(warningsOf('all', ['b']), 'trained on, which says more').toHaveLength(1);
  });

  it('names held-out scans that are not there or broken, and refuses where none is left', () => {
    const run = { ...held, validationScans: ['c', 'd', 'e'] };
    const problem = {
      kind: 'unreadable',
      seriesUid: 'd',
      file: 'subset4/d.mhd', // the folder's own name may be such, too
      fold: 3,
      message: 'cut off',
    } as const;
    const { broken, warnings } = selectScans(luna16([problem]), 'held-out', modelOf(run));
    expect(broken.map(({ seriesUid }) => seriesUid)).toEqual(['d']);
    expect(warnings).toEqual(["1 of the run's 3 held-out scans are not in --data"]);
    expect(selectScans(luna16([problem]), [0], modelOf(run)).broken).toEqual([]);
    expect(selectScans(luna16([problem]), [3], modelOf(run)).broken).toHaveLength(1);
    const select = (record: RunRecord | undefined) =>
      selectScans(luna16([problem]), 'held-out', modelOf(record));
    expect(() => select({ ...held, validationScans: ['z'] })).toThrow(/none of the run's 1/);
    expect(() => select({ ...held, validationScans: ['d'] }), 'all are broken').toThrow(
      /^Cannot evaluate held-out scans: none of 1 can be opened; the first: cut off$/,
    );
    expect(() => select(undefined)).toThrow(/there is no config.json beside the weights/);
  });
});
