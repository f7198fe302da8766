import { type ChildProcess, fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { EngineName } from '../engine.ts';
import type { Environment } from '../install/cache-folder.ts';
import type { TrialMessage } from './trial.ts';

/** How far an engine came. */
export interface EngineTrial {
  readonly name: EngineName;
  /** Whether it trained to the known losses. */
  readonly trains: boolean;
  readonly device: string | null;
  readonly version: string | null;
  readonly threads: number | null;
  /** Whether a GPU computed. */
  readonly gpu: boolean | null;
  /** Why it does not train, was not timed, or runs in place of what is faster, and what to do; null if all is well. */
  readonly reason: string | null;
  readonly stepMilliseconds: number | null;
  readonly sliceMilliseconds: number | null;
}

/** How to try an engine. */
export interface TrialOptions {
  /** Whether to time it as well. */
  readonly time?: boolean;
  readonly env?: Environment;
  readonly signal?: AbortSignal | undefined;
  /** Limit of each stage: starting, training, timing. */
  readonly milliseconds?: number;
  /** The program to run in place of the trial's own, for tests. */
  readonly program?: string;
}

const stages = ['starting', 'training', 'timing'] as const;

/**
 * Starts an engine in a process of its own, trains on it and times it.
 *
 * Whatever happens to that process (a crash, a hang, no memory) becomes the trial's reason; nothing is thrown but the
 * signal's reason.
 */
export async function tryEngine(
  name: EngineName,
  {
    time = false,
    env = process.env,
    signal,
    milliseconds = 90_000,
    program = ownProgram(),
  }: TrialOptions = {},
): Promise<EngineTrial> {
  signal?.throwIfAborted();
  const child = fork(program, [name, time ? 'time' : 'check'], {
    env: { ...env },
    execArgv: program.endsWith('.ts') ? sourceFlags() : [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const told: TrialMessage[] = [];
  const end = await watch(child, told, milliseconds, signal);
  signal?.throwIfAborted();
  const find = <S extends TrialMessage['stage']>(stage: S) =>
    told.find((message): message is Extract<TrialMessage, { stage: S }> => message.stage === stage);
  const started = find('started');
  const timed = find('timed');
  return {
    name,
    trains: find('trained') !== undefined,
    device: started?.device ?? null,
    version: started?.version ?? null,
    threads: started?.threads ?? null,
    gpu: started?.gpu ?? null,
    reason: find('done')
      ? shorten(find('failed')?.reason ?? started?.insteadOf, name)
      : explain(end, stageAfter(told), name),
    stepMilliseconds: timed?.stepMilliseconds ?? null,
    sliceMilliseconds: timed?.sliceMilliseconds ?? null,
  };
}

/** How a trial's process ended. */
export interface TrialEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Limit that it ran into, if it did. */
  readonly milliseconds: number | undefined;
  /** The end of what it wrote to stderr. */
  readonly stderr: string;
}

function watch(
  child: ChildProcess,
  told: TrialMessage[],
  milliseconds: number,
  signal: AbortSignal | undefined,
): Promise<TrialEnd> {
  return new Promise((resolve, reject) => {
    let stderr = '';
    let late = false;
    const kill = () => child.kill('SIGKILL');
    const onLimit = () => {
      late = true;
      kill();
    };
    let timer = setTimeout(onLimit, milliseconds);
    child.on('message', (message: TrialMessage) => {
      told.push(message);
      clearTimeout(timer);
      // Done but not gone within two seconds: nothing more is of interest.
      timer = message.stage === 'done' ? setTimeout(kill, 2000) : setTimeout(onLimit, milliseconds);
    });
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-16_384);
    });
    signal?.addEventListener('abort', kill);
    child.on('error', reject);
    child.on('close', (code, endSignal) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', kill);
      resolve({ code, signal: endSignal, milliseconds: late ? milliseconds : undefined, stderr });
    });
  });
}

const reinstallTensorflow =
  'run "npm rebuild" for the tfjs-node that you installed, or "npx lunet-engine uninstall" and "npx lunet-engine install"';

function stageAfter(told: readonly TrialMessage[]): string {
  return stages[Math.min(told.length, stages.length - 1)]!;
}

/** Why a process that did not finish ended, and what to do about it. */
export function explain(
  { code, signal, milliseconds, stderr }: TrialEnd,
  while_: string,
  name: EngineName,
): string {
  if (milliseconds !== undefined) {
    return `gave no answer within ${Math.round(milliseconds / 1000)} s while ${while_}: if the machine is busy, try again when it is idle`;
  }
  if (stderr.includes('heap out of memory')) {
    return `ran out of JavaScript memory while ${while_}: give Node more with NODE_OPTIONS=--max-old-space-size=4096`;
  }
  const last = stderr
    .trim()
    .split('\n')
    .findLast((line) => line.trim() !== '' && !/^Node\.js v|^\s+at /.test(line));
  const said = last === undefined ? '' : `; it said last: ${last.trim().slice(0, 200)}`;
  switch (signal) {
    case null:
      return `ended with exit code ${code} while ${while_}${said}`;
    case 'SIGKILL':
      return `was killed (SIGKILL) while ${while_}, most likely for want of memory: free some, or raise the container's limit`;
    case 'SIGILL':
      return `crashed (SIGILL) while ${while_}: it was built for instructions that this CPU lacks, such as AVX; use another engine`;
    default:
      return `crashed (${signal}) while ${while_}: ${name === 'tensorflow' ? reinstallTensorflow : 'reinstall its npm packages'}${said}`;
  }
}

/** The message of startEngine without its beginning, which names the engine once more. */
function shorten(reason: string | undefined, name: EngineName): string | null {
  if (reason === undefined) return null;
  const beginning = `Cannot start engine '${name}': `;
  return reason.startsWith(beginning) ? reason.slice(beginning.length) : reason;
}

/** Beside this module, as source or compiled. */
function ownProgram(): string {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  return fileURLToPath(new URL(`./engine-trial.${extension}`, import.meta.url));
}

/** What a program of this repository's sources needs, wherever it is started. */
function sourceFlags(): string[] {
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  return ['--conditions', '@lunet/source', '--import', tsx];
}
