import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/** What a program that ended said. */
export interface Ended {
  readonly code: number;
  /** Its output, cut at 1 MB. */
  readonly stdout: string;
  /** The end of what it said of errors. */
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal | undefined;
}

const longest = 1 << 20;
const millisecondsToEnd = 2000;

/**
 * Runs a program to its end; undefined if there is none of that name.
 *
 * @throws the signal's reason if it is aborted, once the program has ended.
 */
export function runProgram(
  program: string,
  args: readonly string[],
  { cwd, env, signal }: RunOptions = {},
): Promise<Ended | undefined> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A process group of its own, so that the programs that it starts end with it.
      detached: true,
    });
    let killing: NodeJS.Timeout | undefined;
    const abort = (): void => {
      kill(child.pid, 'SIGTERM');
      killing = setTimeout(() => kill(child.pid, 'SIGKILL'), millisecondsToEnd);
    };
    signal?.addEventListener('abort', abort, { once: true });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout = (stdout + text).slice(0, longest);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-longest);
    });
    const settle = (): void => {
      clearTimeout(killing);
      signal?.removeEventListener('abort', abort);
    };
    child.on('error', (error: NodeJS.ErrnoException) => {
      settle();
      if (error.code === 'ENOENT') resolve(undefined);
      else reject(new Error(`Cannot run ${program}: ${error.message}`, { cause: error }));
    });
    child.on('close', (code, name) => {
      settle();
      if (signal?.aborted) reject(signal.reason);
      else if (name !== null)
        resolve({ code: 128 + constants.signals[name], stdout, stderr: `${stderr}\n${name}` });
      else resolve({ code: code ?? 1, stdout, stderr });
    });
  });
}

function kill(group: number | undefined, signal: NodeJS.Signals): void {
  try {
    if (group !== undefined) process.kill(-group, signal);
  } catch {
    // It has ended.
  }
}

/** The last lines of what a program said, indented to stand below a message. */
export function lastLines(text: string, count = 8): string {
  const lines = text.split('\n').map((line) => line.trimEnd());
  return lines
    .filter((line) => line !== '')
    .slice(-count)
    .map((line) => `\n  ${line.slice(0, 300)}`)
    .join('');
}
