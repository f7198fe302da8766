import { constants } from 'node:os';

/** A signal that is aborted by Ctrl-C, SIGTERM and SIGHUP, and the exit code for it then. */
export interface Interruption {
  readonly signal: AbortSignal;
  /** 130 after Ctrl-C; undefined if nothing interrupted. */
  exitCode(): number | undefined;
}

/** Lets work clean up before the process ends; a second signal ends it at once. */
export function abortOnSignals(): Interruption {
  const controller = new AbortController();
  let code: number | undefined;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (code !== undefined) process.exit(code);
      code = 128 + constants.signals[name];
      controller.abort(new Error(`Interrupted by ${name}`));
    });
  }
  return { signal: controller.signal, exitCode: () => code };
}
