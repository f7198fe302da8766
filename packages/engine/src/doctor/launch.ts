import { spawn } from 'node:child_process';
import os from 'node:os';
import type { GpuState, Setting } from './launch-environment.ts';

const passedOn = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2'] as const;

/**
 * Runs a command with further environment variables in this one's place: on its standard streams, with the signals
 * that this process gets; it ends with the command's exit code or signal.
 *
 * @throws {Error} if the command cannot be started, with the cause.
 */
export async function launch(command: readonly string[], settings: readonly Setting[]): Promise<void> {
  const [program, ...args] = command as [string, ...string[]];
  const added = Object.fromEntries(settings.map(({ name, value }) => [name, value]));
  const child = spawn(program, args, {
    env: { ...process.env, ...added },
    stdio: 'inherit',
    // npm's programs are .cmd files there.
    shell: process.platform === 'win32',
  });
  const handlers = passedOn.map((signal) => {
    const handler = () => {
      // A terminal sends its own to the whole group: a second one would end a program that is saving its work.
      const fromTerminal = (signal === 'SIGINT' || signal === 'SIGQUIT') && process.stdin.isTTY;
      if (!fromTerminal) child.kill(signal);
    };
    process.on(signal, handler);
    return { signal, handler };
  });
  const end = await new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve({ code, signal }));
  }).catch((cause: NodeJS.ErrnoException) => {
    const reason = cause.code === 'ENOENT' ? 'there is no such program on the PATH' : cause.message;
    throw new Error(`Cannot run ${program}: ${reason}`, { cause });
  });
  for (const { signal, handler } of handlers) process.off(signal, handler);
  if (end.signal === null) {
    process.exitCode = end.code ?? 1;
    return;
  }
  // A shell's number for it, in case this process survives its own.
  process.exitCode = 128 + os.constants.signals[end.signal];
  process.kill(process.pid, end.signal);
}

/** Settings as lines for a shell, each under a comment that says why. */
export function formatSettings(settings: readonly Setting[], state: GpuState | undefined): string {
  const lines = settings.flatMap(({ name, value, why }) => [
    `# ${why}`,
    `export ${name}='${value.replaceAll("'", "'\\''")}'`,
  ]);
  if (state === undefined) lines.unshift('# no NVIDIA GPU found, nothing of CUDA to set');
  return `${lines.join('\n')}\n`;
}
