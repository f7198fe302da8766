import { fork } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleSpecs, listSpecFiles } from './bundle-specs.ts';
import type { BackendName, Message, Shard, SpecResult } from './spec-result.ts';

/** How to run tfjs-core's specs. */
export interface SpecOptions {
  /** Regular expressions, one of which a file must match (`ops/relu_test`); none takes all. */
  files?: readonly string[];
  /** Regular expression on specs' names. */
  name?: string;
  /** Processes that share the files. */
  workers?: number;
  /** Lets through what specs and kernels print; a file that fails outside any spec is told anyway. */
  verbose?: boolean;
}

/** What came of it. */
export interface SpecRun {
  readonly results: readonly SpecResult[];
  /** Files that fail to load, or fail outside any spec. */
  readonly broken: readonly { readonly file: string; readonly message: string }[];
  /** Kernels that the backend records itself, if it tells. */
  readonly recorded: ReadonlySet<string> | undefined;
}

/** A worker that says nothing for so long hangs, and is ended. */
const PATIENCE_MS = 60_000;

/** Runs tfjs-core's own specs against a backend; throws a RangeError if no file matches. */
export async function runSpecs(backend: BackendName, options: SpecOptions = {}): Promise<SpecRun> {
  const { files: patterns = [], name = '', workers = 1, verbose = false } = options;
  const expressions = patterns.map((pattern) => new RegExp(pattern));
  const files = (await listSpecFiles()).filter(
    (file) => expressions.length === 0 || expressions.some((expression) => expression.test(file)),
  );
  if (files.length === 0)
    throw new RangeError(`Cannot run specs: none of tfjs-core's files matches ${patterns}`);

  const parent = join(import.meta.dirname, '../../.test');
  await mkdir(parent, { recursive: true });
  const folder = await mkdtemp(join(parent, 'specs-'));
  try {
    await bundleSpecs(backend, files, folder);
    const shards = Array.from({ length: Math.min(workers, files.length) }, (_, shard) =>
      files.filter((_, index) => index % workers === shard),
    );
    const messages = await Promise.all(
      shards.map((files) => runShard(join(folder, 'worker.mjs'), { files, name }, verbose)),
    );
    return summarize(messages.flat());
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function summarize(messages: readonly Message[]): SpecRun {
  const told = messages.find((message) => message.type === 'recorded');
  return {
    results: messages.flatMap((message) => (message.type === 'done' ? [message.result] : [])),
    broken: messages.flatMap((message) => (message.type === 'broken' ? [message] : [])),
    recorded: told && new Set(told.kernels),
  };
}

/** Runs files one after the other; where a spec takes the process down, a new one goes on with the file after it. */
async function runShard(worker: string, shard: Shard, verbose: boolean): Promise<Message[]> {
  const messages: Message[] = [];
  for (let files = shard.files; files.length > 0; ) {
    const { heard, end } = await runWorker(worker, { ...shard, files }, verbose);
    messages.push(...heard);
    if (end === undefined) break;
    const last = heard.findLast((message) => message.type === 'started' || message.type === 'done');
    if (last?.type !== 'started') {
      messages.push({ type: 'broken', file: files.join(' '), message: end });
      break;
    }
    const { file, name } = last;
    const unknown = { kernels: [], onCpu: [], milliseconds: 0 };
    const result: SpecResult = { file, name, status: 'failed', failures: [end], ...unknown };
    messages.push(
      { type: 'done', result },
      { type: 'broken', file, message: `further specs left out: ${end}` },
    );
    files = files.slice(files.indexOf(file) + 1);
  }
  return messages;
}

/** Runs one worker; `end` says how it ended if that was before its time. */
function runWorker(
  worker: string,
  shard: Shard,
  verbose: boolean,
): Promise<{ heard: Message[]; end: string | undefined }> {
  return new Promise((resolve, reject) => {
    const child = fork(worker, {
      execArgv: ['--enable-source-maps'],
      stdio: ['ignore', verbose ? 'inherit' : 'ignore', verbose ? 'inherit' : 'pipe', 'ipc'],
    });
    const heard: Message[] = [];
    let errors = '';
    let ended = false;
    let silent = false;
    const giveUp = () => {
      silent = true;
      child.kill('SIGKILL');
    };
    let timer = setTimeout(giveUp, PATIENCE_MS);
    child.stderr?.on('data', (text) => {
      errors = `${errors}${text}`.slice(-2000);
    });
    child.on('message', (message: Message) => {
      clearTimeout(timer);
      timer = setTimeout(giveUp, PATIENCE_MS);
      heard.push(message);
      ended ||= message.type === 'end';
    });
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      const how = silent ? `silent for ${PATIENCE_MS / 1000} s` : `exit code ${code}, signal ${signal}`;
      resolve({ heard, end: ended ? undefined : `the process ended early (${how})\n${errors}` });
    });
    child.send(shard);
  });
}
