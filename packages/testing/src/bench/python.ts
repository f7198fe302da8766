import { execFile, execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** A Python that has some modules, `LUNET_PYTHON` or `python3`; `undefined` if that one has them not. */
export function findPython(modules: readonly string[] = ['numpy', 'scipy']): string | undefined {
  const python = process.env.LUNET_PYTHON ?? 'python3';
  try {
    execFileSync(python, ['-c', `import ${modules.join(', ')}`], { stdio: 'ignore' });
    return python;
  } catch {
    return undefined;
  }
}

/** Runs a script and parses what it prints as JSON; its stderr is the message if it fails. */
export async function runPython(python: string, script: URL, args: readonly string[]): Promise<unknown> {
  const { stdout } = await promisify(execFile)(python, [fileURLToPath(script), ...args], {
    maxBuffer: 1 << 28,
  });
  return JSON.parse(stdout);
}
