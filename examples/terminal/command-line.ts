import { InvalidArgumentError } from 'commander';

/** Parsers for commander's options, each with a message that says what was expected. */

export function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError('It takes a whole number from 1 on.');
  return value;
}

export function wholeNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value) || value < 0) {
    throw new InvalidArgumentError('It takes a whole number from 0 on.');
  }
  return value;
}

export function seedNumber(text: string): number {
  const value = wholeNumber(text);
  if (value >= 2 ** 32) throw new InvalidArgumentError('It takes a whole number below 2^32.');
  return value;
}

export function positiveNumber(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('It takes a number above 0.');
  return value;
}

export function nonNegativeNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0) {
    throw new InvalidArgumentError('It takes a number from 0 on.');
  }
  return value;
}

export function probability(text: string): number {
  const value = nonNegativeNumber(text);
  if (value >= 1) throw new InvalidArgumentError('It takes a probability from 0 on and below 1.');
  return value;
}

/** Arguments of this process; `pnpm train -- --data …` leaves a `--` in front, which would end the options. */
export function argumentsOf(argv: readonly string[]): string[] {
  const [, , ...rest] = argv;
  return rest[0] === '--' ? rest.slice(1) : rest;
}

/** What aborts when somebody presses Ctrl-C. */
const interruption = new Error('interrupted');

/** Runs a script: a failure is one message (with its stack under `LUNET_DEBUG=1`) and exit code 1; Ctrl-C exits with 130. */
export async function runScript(main: () => Promise<void>): Promise<void> {
  // Whoever reads the output has seen enough, as `head` does.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
  try {
    await main();
  } catch (error) {
    if (error === interruption) {
      console.error('\ninterrupted');
      process.exitCode = 130;
      return;
    }
    const message = error instanceof Error ? error.message : String(error);
    console.error(`\nerror: ${message}`);
    if (process.env.LUNET_DEBUG) console.error(error);
    process.exitCode = 1;
  }
}

/**
 * A signal that the first Ctrl-C (SIGINT) or SIGTERM aborts, so that work can end in order; a second one kills.
 */
export function interruptSignal(onInterrupt: () => void): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => {
      onInterrupt();
      controller.abort(interruption);
    });
  }
  return controller.signal;
}
