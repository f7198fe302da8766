import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, rmdirSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writePhantomDataset } from '@lunet/phantom/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const examples = join(import.meta.dirname, '..');
const breakEngine = join(import.meta.dirname, 'programs/break-engine.mjs');
const program = ['--import', 'tsx', '--conditions', '@lunet/source', join(examples, 'train-luna16.ts')];

const STEPS = 8;

/** 3 epochs of 8 steps, validated and mined, and saved after every step so that many a kill falls into a write. */
const recipe = [
  ...['--fold', '0', '--filters', '4', '--epochs', '3', '--batch-size', '4', '--samples-per-nodule', '3'],
  ...['--hard-negatives', '12', '--augmented', '--num-workers', '0', '--checkpoint-every', '0'],
  // The engine that gives the same bits wherever these tests run.
  ...['--engine', 'wasm'],
];

let folder: string;
let data: string;
let reference: Outcome;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lunet-resume-'));
  data = join(folder, 'data');
  await writePhantomDataset(data, { scans: 3, seed: 5, slices: 24, size: 128 });
  const ended = await startTraining(['--data', data, '--out', join(folder, 'reference'), ...recipe]).ended;
  expect(ended, ended.stderr).toMatchObject({ code: 0 });
  reference = await outcome(join(folder, 'reference'));
}, 120_000);
afterAll(() => rm(folder, { recursive: true }));

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Training {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Waits until the child has printed a text, or ended. */
  said(text: string): Promise<unknown>;
}

/** Starts the example as a process of its own, behind a shell's limits. */
function startTraining(args: readonly string[], limits = ''): Training {
  // The shell becomes the program, so that the child that is killed is this test's own.
  const child = spawn('sh', ['-c', `${limits} exec "$@"`, 'sh', process.execPath, ...program, ...args], {
    cwd: examples,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  const said = (text: string) =>
    Promise.race([ended, poll(async () => stdout.includes(text) || child.exitCode !== null)]);
  return { child, ended, said };
}

async function poll(done: () => Promise<boolean>): Promise<void> {
  while (!(await done())) await new Promise((resolve) => setTimeout(resolve, 2));
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

interface Outcome {
  readonly latest: string;
  readonly best: string;
  readonly metrics: readonly unknown[];
}

/** What a run leaves, but for the times. */
async function outcome(run: string): Promise<Outcome> {
  const hash = async (name: string) => sha256(await readFile(join(run, `${name}.safetensors`)));
  return { latest: await hash('latest'), best: await hash('best'), metrics: await metricsOf(run) };
}

async function metricsOf(run: string): Promise<{ kind: string; step: number }[]> {
  const text = await readFile(join(run, 'metrics.jsonl'), 'utf8').catch(() => '');
  // The last line may be half written as yet.
  const lines = text.split('\n').slice(0, -1);
  return lines.map((line) => ({ ...JSON.parse(line), milliseconds: 0 }));
}

/** Waits until a run has logged a step, or its process ended. */
async function stepDone(run: string, step: number, { child }: Training): Promise<void> {
  await poll(
    async () =>
      child.exitCode !== null ||
      ((await metricsOf(run)).findLast(({ kind }) => kind === 'train')?.step ?? 0) >= step,
  );
}

/** The checkpoints of a run, with their hashes. */
async function checkpointsOf(run: string): Promise<[string, string][]> {
  const names = (await readdir(join(run, 'checkpoints'))).sort();
  return Promise.all(
    names.map(
      async (name) => [name, sha256(await readFile(join(run, 'checkpoints', name)))] as [string, string],
    ),
  );
}

/** The voxels of a subset's scan. */
async function rawOf(subset: string): Promise<string> {
  const name = (await readdir(join(data, subset))).find((name) => name.endsWith('raw'))!;
  return join(data, subset, name);
}

/** Numbers in [0, 1) that follow from a seed (Numerical Recipes' generator). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A file system of 2 MB at a folder; false where one cannot be mounted. */
const mountSmall = (path: string) =>
  spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', path]).status === 0;
const unmount = (path: string) => spawnSync('umount', [path]);

function canMount(): boolean {
  const path = mkdtempSync(join(tmpdir(), 'lunet-mount-'));
  const mounted = mountSmall(path);
  if (mounted) unmount(path);
  rmdirSync(path);
  return mounted;
}

describe('a run that meets one fault after another', { timeout: 120_000 }, () => {
  let run: string;
  const resume = (limits?: string) => startTraining(['--resume', run], limits);
  const stepOf = async () => (await metricsOf(run)).at(-1)?.step;

  it('stops after a step at Ctrl-C, with exit code 130 and the command to go on', async () => {
    run = join(folder, 'faults');
    const training = startTraining(['--data', data, '--out', run, ...recipe, '--checkpoint-every', '1000']);
    await stepDone(run, 3, training);
    training.child.kill('SIGINT');
    const ended = await training.ended;
    expect(ended, ended.stderr).toMatchObject({ code: 130, signal: null, stderr: '' });
    expect(ended.stdout).toMatch(/interrupted after step \d+; go on with: pnpm train --resume .*faults\n$/);
    const [checkpoint] = (await readdir(join(run, 'checkpoints'))).sort().reverse();
    expect(Number.parseInt(checkpoint!, 10)).toBe(await stepOf());
  });

  it.skipIf(spawnSync('sh', ['-c', 'ulimit -f 1']).status !== 0)(
    'says in one message that a checkpoint could not be written (needs ulimit -f)',
    async () => {
      const before = await checkpointsOf(run);
      // Blocks of 512 bytes: room for the logs, but not for a checkpoint.
      const { code, stdout, stderr } = await resume('ulimit -f 128;').ended;
      expect(code).toBe(1);
      expect(stderr).toMatch(/^\nerror: Cannot write .*faults.*: EFBIG: file too large, write\n$/);
      expect(stdout).toContain(`go on with: pnpm train --resume ${run}`);
      expect(await checkpointsOf(run)).toEqual(before);
    },
  );

  it('says which scan to validate has vanished', async () => {
    const file = await rawOf('subset0');
    const training = resume();
    await training.said('chunks');
    await rename(file, `${file}.away`);
    const { code, stderr } = await training.ended;
    await rename(`${file}.away`, file);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^\nerror: Cannot .*subset0.*its data file .* is not there\n$/);
    expect(await stepOf()).toBe(STEPS);
  });

  it('says which scan to mine is cut short', async () => {
    const file = await rawOf('subset1');
    const bytes = await readFile(file);
    const training = resume();
    await training.said('chunks');
    await truncate(file, 1000);
    const { code, stderr } = await training.ended;
    await writeFile(file, bytes);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^\nerror: Cannot .*subset1.*\n$/);
    expect(await stepOf()).toBe(STEPS);
  });

  it.each([
    ['kernel', 'memory access out of bounds'],
    ['thread', 'Cannot go on: a thread of the wasm engine died; start the program again'],
  ])('ends by itself with a message and the command to go on when a %s fails', async (what, message) => {
    const before = await checkpointsOf(run);
    const breaking = `export BREAK_ENGINE=${what} NODE_OPTIONS='--import=${breakEngine}';`;
    const { code, signal, stdout, stderr } = await startTraining(
      ['--resume', run, '--threads', '2'],
      breaking,
    ).ended;
    expect({ code, signal, stderr }).toEqual({ code: 1, signal: null, stderr: `\nerror: ${message}\n` });
    expect(stdout).toContain(`go on with: pnpm train --resume ${run}`);
    // What it did before it failed may be kept, what it was doing then is not.
    expect((await checkpointsOf(run)).length).toBeGreaterThanOrEqual(before.length);
  });

  it('ends as one that met none', async () => {
    const ended = await resume().ended;
    expect(ended, ended.stderr).toMatchObject({ code: 0 });
    expect(await outcome(run)).toEqual(reference);
  });

  it.skipIf(!canMount())(
    'goes on after a full disk was given room (needs a file system it may mount)',
    async () => {
      const disk = join(folder, 'disk');
      await mkdir(disk);
      expect(mountSmall(disk)).toBe(true);
      try {
        run = join(disk, 'run');
        const training = startTraining(['--data', data, '--out', run, ...recipe]);
        await stepDone(run, 3, training);
        const filler = join(disk, 'filler');
        await writeFile(filler, new Uint8Array(4e6)).catch(() => {});
        const { code, stderr } = await training.ended;
        expect(code).toBe(1);
        expect(stderr).toMatch(/^\nerror: Cannot write .*: ENOSPC: no space left on device, write\n$/);
        const before = await checkpointsOf(run);
        expect(before.length).toBeGreaterThan(0);
        expect((await readdir(join(run, 'checkpoints'))).filter((name) => name.startsWith('.'))).toEqual([]);
        await rm(filler);
        const ended = await resume().ended;
        expect(ended, ended.stderr).toMatchObject({ code: 0 });
        expect(await outcome(run)).toEqual(reference);
      } finally {
        unmount(disk);
      }
    },
  );
});

describe('a run whose process is killed again and again', () => {
  const KILLS = 20;

  it(`reaches the same weights, best model and metrics after ${KILLS} kills`, {
    timeout: 300_000,
  }, async () => {
    let kills = 0;
    const states = new Set<string>();
    const chain = async (name: string, random: () => number): Promise<void> => {
      for (let turn = 0; kills < KILLS; turn++) {
        const run = join(folder, `${name}-${turn}`);
        const killed: string[] = [];
        for (;;) {
          const place = existsSync(join(run, 'config.json'))
            ? ['--resume', run]
            : ['--data', data, '--out', run, ...recipe];
          const training = startTraining([...place, '--threads', '1']);
          // Most kills fall into training, some into what comes before.
          const anchor = random() < 0.15 ? 'engine' : 'chunks';
          const delay = random() * 700;
          await training.said(anchor);
          const timer = setTimeout(() => kills < KILLS && training.child.kill('SIGKILL'), delay);
          const ended = await training.ended;
          clearTimeout(timer);
          if (ended.signal !== 'SIGKILL') {
            expect(ended, ended.stderr).toMatchObject({ code: 0 });
            break;
          }
          kills++;
          killed.push(await stateOf(run));
        }
        expect(await outcome(run), `killed at ${killed.join('; ')}`).toEqual(reference);
        for (const state of killed) states.add(state);
      }
    };
    await Promise.all([chain('first', seeded(1)), chain('second', seeded(2))]);
    expect(kills).toBe(KILLS);
    expect(states.size).toBeGreaterThan(3);
  });

  /** Where a kill has left a run. */
  async function stateOf(run: string): Promise<string> {
    const checkpoints = await readdir(join(run, 'checkpoints')).catch(() => []);
    const metrics = await metricsOf(run);
    const half = checkpoints.some((name) => name.startsWith('.')) ? ', half written' : '';
    return `${metrics.at(-1)?.kind ?? 'nothing'} ${metrics.at(-1)?.step ?? 0}${half}`;
  }
});
