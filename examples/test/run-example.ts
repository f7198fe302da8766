import { spawn } from 'node:child_process';
import { join } from 'node:path';

const examples = join(import.meta.dirname, '..');

/** What an example's process printed and how it ended. */
export interface ExampleRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How an example is run from the sources, in a process of its own. */
export function exampleCommand(
  name: string,
  args: readonly string[],
): { readonly command: string; readonly args: string[] } {
  const loader = ['--import', 'tsx', '--conditions', '@lunet/source'];
  return { command: process.execPath, args: [...loader, join(examples, `${name}.ts`), ...args] };
}

/** Runs an example as a user would. */
export function runExample(name: string, given: readonly string[]): Promise<ExampleRun> {
  const { command, args } = exampleCommand(name, given);
  const child = spawn(command, args, { cwd: join(examples, '..'), stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** The summary that `--json` leaves in the last line. */
export function summaryOf({ stdout }: ExampleRun): Record<string, number | string> {
  return JSON.parse(stdout.trimEnd().split('\n').at(-1)!);
}
