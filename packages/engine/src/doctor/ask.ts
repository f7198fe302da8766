import type { Environment } from '../install/cache-folder.ts';
import { runProgram } from '../install/run-program.ts';

/** What a program answered, or why it did not. */
export type Answer =
  | { readonly ok: true; readonly stdout: string }
  | { readonly ok: false; readonly missing: boolean; readonly reason: string };

const seconds = 10;

/** Runs a program for its output, for ten seconds at most; never throws. */
export async function ask(program: string, args: readonly string[], env: Environment): Promise<Answer> {
  try {
    const ended = await runProgram(program, args, { env, signal: AbortSignal.timeout(seconds * 1000) });
    if (ended === undefined) return { ok: false, missing: true, reason: 'it is not installed' };
    if (ended.code === 0) return { ok: true, stdout: ended.stdout };
    const said = (ended.stderr.trim() || ended.stdout.trim()).split('\n')[0];
    return { ok: false, missing: false, reason: said || `it ended with exit code ${ended.code}` };
  } catch (error) {
    const late = error instanceof DOMException && error.name === 'TimeoutError';
    const reason = late ? `it gave no answer within ${seconds} s` : String(error);
    return { ok: false, missing: false, reason };
  }
}
