import { type Engine, type EngineName, startEngine } from '@lunet/engine';
import { type Command, Option } from 'commander';
import { positiveInteger } from './command-line.ts';
import type { ProgressLine } from './progress-line.ts';

/** Which engine was asked for, and with how many threads. */
export interface EngineChoice {
  readonly engine: 'auto' | EngineName;
  readonly threads: { readonly threads?: number };
}

export const engineOption: Option = new Option(
  '--engine <name>',
  'what computes; "auto" takes the fastest that starts, a name that one or none',
)
  .choices(['auto', 'tensorflow', 'onnx', 'wasm', 'cpu'] satisfies EngineChoice['engine'][])
  .default('auto');

export const threadsOption: Option = new Option(
  '--threads <n>',
  'threads that compute (default: one a core; on wasm 8 at most)',
).argParser(positiveInteger);

/** What the two options were given. */
export function engineChoice({ engine, threads }: ReturnType<Command['opts']>): EngineChoice {
  return { engine, threads: threads === undefined ? {} : { threads } };
}

/** Starts an engine, and says which one runs and why faster ones do not. */
export async function startChosenEngine(choice: EngineChoice, line: ProgressLine): Promise<Engine> {
  const engine = await startEngine({ prefer: choice.engine, ...choice.threads });
  line.print(`engine      ${engine.name} ${engine.version} on ${engine.device}`);
  for (const text of describePassedOver(engine)) line.print(`            ${text}`);
  return engine;
}

/** One short line for each faster engine that did not start. */
export function describePassedOver({ passedOver }: Pick<Engine, 'passedOver'>): string[] {
  return passedOver.map(({ name, reason }, i) => {
    const pointer = i === passedOver.length - 1 ? ' (pnpm lunet-engine doctor says more)' : '';
    return `not ${name}: ${shorten(reason)}${pointer}`;
  });
}

const longest = 72;

/** The first line of a message, its remedies left out where it is long. */
function shorten(message: string): string {
  const [first = ''] = message.split('\n');
  return first.length <= longest ? first : `${first.slice(0, longest - 1).trimEnd()}…`;
}
