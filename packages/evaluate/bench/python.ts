import { execFile, execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** A Python with NumPy and SciPy, `LUNET_PYTHON` or `python3`; `undefined` if that one has them not. */
export function findPython(): string | undefined {
  const python = process.env.LUNET_PYTHON ?? 'python3';
  try {
    execFileSync(python, ['-c', 'import numpy, scipy'], { stdio: 'ignore' });
    return python;
  } catch {
    return undefined;
  }
}

/** Runs a script of this folder and parses what it prints as JSON; its stderr is the message if it fails. */
export async function runPython(python: string, script: string, args: readonly string[]): Promise<unknown> {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const { stdout } = await promisify(execFile)(python, [path, ...args], { maxBuffer: 1 << 28 });
  return JSON.parse(stdout);
}
