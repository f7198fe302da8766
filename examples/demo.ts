/**
 * The whole recipe in a few minutes on a laptop's CPU: phantom CTs, a U-Net trained on some of them, and its score on
 * the others. `npm run demo` installs what is needed and runs this.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { argumentsOf } from './command-line.ts';

const data = 'data/demo';

/** Runs another example with this process's own loader; its output is shown. */
function example(name: string, args: readonly string[]): void {
  console.log(`\n$ pnpm ${name === 'make-phantom' ? 'phantom' : 'train'} ${args.join(' ')}\n`);
  const script = join(import.meta.dirname, `${name}.ts`);
  const { status } = spawnSync(process.execPath, [...process.execArgv, script, ...args], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
}
