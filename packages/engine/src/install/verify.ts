import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lastLines, runProgram } from './run-program.ts';

/** What trained. */
export interface Verified {
  /** TensorFlow's version, as the library says it. */
  readonly version: string;
  /** Whether it trained on a GPU. */
  readonly gpu: boolean;
}

/**
 * Loads a binding in a process of its own and trains for one step whose result is known.
 *
 * @throws {Error} if it does not load, ends by a signal, or computes something else.
 */
export async function verify(binding: string, folder: string, signal?: AbortSignal): Promise<Verified> {
  // Beside this file, compiled or not.
  const program = fileURLToPath(new URL(`verify-training${extname(import.meta.url)}`, import.meta.url));
  // Sources need the loader that this process was given.
  const given = extname(program) === '.ts' ? process.execArgv : [];
  const args = [...given, program, binding, folder];
  const env = { TF_CPP_MIN_LOG_LEVEL: '1', TF_FORCE_GPU_ALLOW_GROWTH: 'true' };
  const ended = await runProgram(process.execPath, args, { env, signal });
  const line = ended?.stdout.split('\n').find((text) => text.startsWith('{'));
  if (ended?.code === 0 && line !== undefined) return JSON.parse(line) as Verified;
  const illegal = ended?.stderr.endsWith('SIGILL')
    ? ': this processor lacks instructions (AVX) that it needs'
    : '';
  throw new Error(
    `Cannot train with this TensorFlow: the trial ended with ${ended?.code}${illegal}${lastLines(ended?.stderr ?? '')}`,
  );
}
