/**
 * The whole recipe in a few minutes on a laptop's CPU: phantom CTs, a U-Net trained on some of them, and LUNA16's
 * score of it on the others, whole. `npm run demo` installs what is needed and runs this.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { minutes } from './terminal/progress-line.ts';

const data = 'data/demo';
const out = join('runs', `demo-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}`);

const started = performance.now();

const phantom = '--scans 30 --slices 48 --nodules 6 --num-workers 2';
step('phantom', 'make-phantom', ['--out', data, ...phantom.split(' ')]);

// Three scans, those of subset 0, are held out. Half the reference's filters train three times as fast; one level more sees
// the whole of a large nodule.
const training =
  '--fold 0 --augmented --num-workers 1 --filters 8 --depth 4 --epochs 4 --samples-per-nodule 24 --negatives 2 ' +
  '--negatives-per-scan 128 --hard-negatives 60 --learning-rate 3e-3 --validate-every 4 --validation-stride 4';
step('train', 'train-luna16', ['--data', data, '--out', out, ...training.split(' ')]);
step('evaluate', 'evaluate-luna16', ['--data', data, '--model', out]);

console.log(`
The demo took ${minutes((performance.now() - started) / 1000)}. Open ${join(out, 'evaluation', 'report.html')} in a browser: every nodule of the
held-out scans, found or missed, and the worst false alarms.

Next, the same on LUNA16 (any of its subsets, with annotations.csv, in one folder):
  npx --yes pnpm@12.21.0 train --data LUNA16 --epochs 10 --batch-size 16 --num-workers 8 --augmented
or see every option:
  npx --yes pnpm@12.21.0 train --help`);

/** Shows a command as a user would type it, and runs it in a process of its own, with this one's loader. */
function step(script: string, example: string, args: readonly string[]): void {
  console.log(`\n$ pnpm ${script} ${args.join(' ')}\n`);
  const path = join(import.meta.dirname, `${example}.ts`);
  const { status, signal } = spawnSync(process.execPath, [...process.execArgv, path, ...args], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? (signal === 'SIGINT' ? 130 : 1));
}
