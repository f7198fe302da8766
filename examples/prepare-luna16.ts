/**
 * Prepares a chunk store: what training reads of LUNA16, on disk in some megabytes a nodule.
 *
 *   pnpm prepare-data --data LUNA16 --out data/store
 *   pnpm train --data data/store --epochs 10 --batch-size 16 --augmented
 *
 * `--data` is a folder in LUNA16's layout (some of its subsets are enough). Press Ctrl-C at any time: the next run goes on
 * where this one was.
 */
import { openLuna16 } from '@lunet/io/node';
import { prepareStore } from '@lunet/patches/node';
import { parsePrepareOptions } from './datasets/prepare-luna16-options.ts';
import { describeProblems, describeScans } from './scans/luna16-scans.ts';
import { argumentsOf, interruptSignal, runScript } from './terminal/command-line.ts';
import { minutes, ProgressLine } from './terminal/progress-line.ts';

const { data, out, ...settings } = parsePrepareOptions(argumentsOf(process.argv));

await runScript(async () => {
  const line = new ProgressLine();
  const signal = interruptSignal(() => line.print('stopping    the next run goes on from here'));
  const start = performance.now();
  const seconds = () => (performance.now() - start) / 1000;

  const luna16 = await openLuna16(data, { signal });
  for (const problem of describeProblems(luna16)) line.print(`note        ${problem}`);
  line.print(`scans       ${describeScans(luna16.scans)}`);

  const result = await prepareStore(luna16.scans, out, {
    ...settings,
    source: data,
    signal,
    onProgress(progress) {
      if (progress.stage === 'writing') {
        line.show(`writing     ${megabytes(progress.bytesDone)} of ${megabytes(progress.bytes)}`);
        return;
      }
      const { scansDone, scans, kept } = progress;
      const rate = (scansDone - kept) / seconds();
      const left = rate > 0 ? `, ${minutes((scans - scansDone) / rate)} left` : '';
      line.show(`reading     scan ${scansDone}/${scans}, ${kept} kept, ${rate.toFixed(1)} scans/s${left}`);
    },
  });

  for (const { message } of result.problems) line.print(`note        ${message}`);
  for (const { message } of result.failed) line.print(`skipped     ${message}`);
  const { nodules, negatives, bytes, kept, failed, scans } = result;
  line.print(
    `\n${out}: ${nodules} nodules and ${negatives} negatives of ${scans - failed.length} scans (${kept} kept), ` +
      `${megabytes(bytes)} in ${minutes(seconds())}`,
  );
  line.print(`\nNext: pnpm train --data ${out} --augmented`);
  const broken = luna16.problems.filter(
    ({ kind }) => kind === 'missing-data' || kind === 'unreadable',
  ).length;
  if (failed.length + broken > 0) {
    line.print(`\n${failed.length + broken} scans could not be read and are not in the store`);
    process.exitCode = 2;
  }
});

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
