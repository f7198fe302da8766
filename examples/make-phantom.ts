/**
 * Makes synthetic chest CTs with lung nodules, in LUNA16's own layout: something to train on without a download.
 *
 *   pnpm phantom --out data/phantom --scans 4
 *
 * The same seed gives the same scans. Scans that are there already with the same settings are kept, so that a run
 * which was stopped goes on where it was.
 */
import { writePhantomDataset } from '@lunet/phantom/node';
import { parsePhantomOptions } from './datasets/make-phantom-options.ts';
import { argumentsOf, interruptSignal, runScript } from './terminal/command-line.ts';
import { minutes, ProgressLine } from './terminal/progress-line.ts';

const { out, ...settings } = parsePhantomOptions(argumentsOf(process.argv));

await runScript(async () => {
  const line = new ProgressLine();
  const signal = interruptSignal(() => line.print('stopping    after the scans in the making'));
  const start = performance.now();
  line.print(
    `phantoms    ${settings.scans} scans of ${settings.size}×${settings.size}×${settings.slices} voxels to ${out}`,
  );

  const { scans, made } = await writePhantomDataset(out, {
    ...settings,
    signal,
    onProgress({ done, total, record, isNew }) {
      const nodules = record.nodules.map(({ diameterMm }) => diameterMm.toFixed(1)).join(', ') || 'none';
      const state = isNew ? 'made' : 'kept';
      line.print(
        `${state}        ${done}/${total}  subset${record.fold}/${record.seriesUid}  nodules (mm): ${nodules}`,
      );
    },
  });

  const nodules = scans.reduce((sum, scan) => sum + scan.nodules.length, 0);
  const seconds = (performance.now() - start) / 1000;
  line.print(
    `\n${scans.length} scans (${made} made, ${scans.length - made} kept) with ${nodules} nodules in ${minutes(seconds)}`,
  );
  line.print(
    `${out} has subset*/, seg-lungs-LUNA16/, annotations.csv, annotations_excluded.csv, candidates_V2.csv`,
  );
  line.print(
    `\nNext: pnpm train --data ${out}${scans.length < 10 ? ' --fold 0' : ''} --epochs 4 --augmented`,
  );
});
