import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findPython, formatTable, median } from '@lunet/testing/bench';
import { Contestant, type Ready } from './contestant.ts';
import { writeWork } from './prepare-work.ts';
import { flopsOf, type Work, works } from './works.ts';

const engines = ['tensorflow', 'onnx', 'wasm'];
/** PyTorch's forms; `cuda` is eager on a GPU, where it finds one. */
const rivals = ['eager', 'channels-last', 'compiled', 'cuda'];
/** The product of two square matrices of this side stands for what the processor can do at all. */
const sgemm = { name: 'sgemm', side: 2048 };
/** torch.compile takes a minute; a round is 400 ms of runs or one run, after one that does not count. */
const readySeconds = 300;
const roundSeconds = 60;
/** Sums in another order, and on a GPU products of ten bits (TF32); what computes something else is off by more. */
const tolerances = { cpu: 1e-3, gpu: 2e-2 };

const threads = availableParallelism();
const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** A contestant of a work, and how it did; without times it failed, and `failure` says how. */
interface Result {
  readonly name: string;
  readonly contestant: Contestant;
  ready?: Ready;
  failure?: string;
  readonly times: number[];
}

/** How much is timed. */
export interface EnginesOptions {
  /** Two rounds, and no torch.compile. */
  readonly quick?: boolean;
}

/**
 * Times PyTorch and every engine that starts here at some works, each in a process of its own, in turn for several
 * rounds, all with as many threads.
 *
 * @returns a table with medians and best times (those a busy machine spoils least), the medians' ratios to PyTorch
 * eager's, and shares of what a matrix product reaches; exit code 1 if one computes something else than PyTorch, or its
 * loss does not fall.
 */
export async function table(
  keys: readonly string[],
  { quick = false }: EnginesOptions = {},
): Promise<string> {
  const python = findPython(['numpy', 'torch']);
  if (!python) log('no Python with NumPy and PyTorch: set LUNET_PYTHON to compare with it');
  const left = new Set([...(quick ? ['compiled'] : []), ...(python && hasCuda(python) ? [] : ['cuda'])]);
  const names = [...(python ? [sgemm.name, ...rivals] : []), ...engines].filter((name) => !left.has(name));
  const lines: string[][] = [];
  for (const work of works.filter(({ key }) => keys.includes(key))) {
    const folder = await mkdtemp(join(tmpdir(), 'lunet-bench-'));
    const results: Result[] = [];
    try {
      await writeWork(work, folder);
      for (const name of names) {
        const result = start(work, folder, name, python);
        results.push(result);
        await attempt(result, async () => {
          log(`${work.key}: ${name} starts`);
          result.ready = await result.contestant.ready(readySeconds);
        });
      }
      check(work, results);
      const rounds = quick ? 2 : 5;
      for (let round = 1; round <= rounds; round++) {
        log(`${work.key}: round ${round} of ${rounds}`);
        for (const result of results.filter(({ failure }) => !failure)) {
          await attempt(result, async () => {
            result.times.push(...(await result.contestant.go(roundSeconds)));
          });
        }
      }
    } finally {
      await Promise.all(results.map(({ contestant }) => contestant.end()));
      await rm(folder, { recursive: true });
    }
    lines.push(...linesOf(work, results));
  }
  const head = ['work', 'by', 'ms', 'best', 'times PyTorch eager', 'GFLOP/s', 'of sgemm', 'note'];
  return `Medians; each with ${threads} threads.\n\n${formatTable(head, lines)}`;
}

function hasCuda(python: string): boolean {
  return spawnSync(python, ['-c', 'import torch; exit(not torch.cuda.is_available())']).status === 0;
}

function start(work: Work, folder: string, name: string, python: string | undefined): Result {
  const count = String(threads);
  // TensorFlow's own names for what PyTorch and the libraries beneath it take as OMP_NUM_THREADS.
  const env = {
    ...process.env,
    OMP_NUM_THREADS: count,
    TF_NUM_INTRAOP_THREADS: count,
    TF_CPP_MIN_LOG_LEVEL: '2',
  };
  const { key, kind, filters, batch, size } = work;
  const contestant = engines.includes(name)
    ? new Contestant(
        process.execPath,
        [...process.execArgv, file('engine-contestant.ts'), name, key, count],
        env,
      )
    : new Contestant(
        python!,
        [file('pytorch_contestant.py'), name, kind, ...[filters, batch, size].map(String), folder, count],
        env,
      );
  return { name, contestant, times: [] };
}

/** Does something with a contestant; if it fails, that is its result. */
async function attempt(result: Result, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    result.failure = (error as Error).message;
    log(`  ${result.name}: ${result.failure}`);
    await result.contestant.end();
  }
}

/** Sets those apart that compute something else, or do not learn. */
function check({ kind }: Work, results: readonly Result[]): void {
  const reference = results.find(({ ready }) => ready?.weights !== undefined)?.ready;
  for (const result of results) {
    const { ready } = result;
    if (ready?.weights === undefined || !reference) continue;
    const { weights, first, last, gpu } = ready;
    const off = Math.abs(first! - reference.first!) / Math.abs(reference.first!);
    if (weights !== reference.weights || !(off < tolerances[gpu ? 'gpu' : 'cpu'])) {
      result.failure = `computes ${first} with ${weights} weights, ${reference.what} ${reference.first} with ${reference.weights}`;
    } else if (kind === 'step' && !(last! < first!)) {
      result.failure = `its loss does not fall: ${first}, then ${last}`;
    }
    if (result.failure) {
      log(`  ${result.name}: ${result.failure}`);
      process.exitCode = 1;
    }
  }
}

function linesOf(work: Work, results: readonly Result[]): string[][] {
  const limit = results.find(({ name }) => name === sgemm.name);
  const most = limit?.times.length ? (2 * sgemm.side ** 3) / median(limit.times) / 1e6 : undefined;
  const eager = results.find(({ name }) => name === 'eager');
  return results.map((result) => {
    const { name, ready, failure, times } = result;
    const by = ready?.what ?? (rivals.includes(name) ? `PyTorch ${name}` : name);
    const title = result === limit ? `${work.title}: the limit` : work.title;
    if (failure || times.length === 0) return [title, by, ...Array(5).fill('–'), `did not run: ${failure}`];
    const ms = median(times);
    const rate = result === limit ? most! : flopsOf(work) / ms / 1e6;
    const notes = [
      result === limit ? `two matrices of ${sgemm.side}×${sgemm.side}` : '',
      ready?.gpu || ready?.threads === threads ? '' : `${ready?.threads} threads`,
      ready?.weights === undefined ? '' : `${ready.weights.toLocaleString('en')} weights`,
      ready?.weights === undefined || work.kind === 'slice'
        ? ''
        : `loss ${ready.first!.toFixed(3)}, then ${ready.last!.toFixed(3)}`,
    ];
    return [
      title,
      by,
      digits(ms),
      digits(Math.min(...times)),
      eager?.times.length && result !== limit ? `${(ms / median(eager.times)).toFixed(2)}×` : '–',
      rate.toFixed(0),
      most === undefined || ready?.gpu ? '–' : `${((100 * rate) / most).toFixed(0)} %`,
      notes.filter(Boolean).join('; '),
    ];
  });
}

function digits(ms: number): string {
  return ms.toFixed(ms < 10 ? 2 : ms < 100 ? 1 : 0);
}

/** Not in the way of the table. */
function log(text: string): void {
  console.error(text);
}
