/**
 * Looks for lung nodules in one chest CT: a mask on the scan's grid, candidates as CSV, and pictures.
 *
 *   pnpm predict subset0/1.3.6.1.4….mhd --model runs/my-run
 *
 * The scan is any volume that `@lunet/io` reads. `--help` explains every option.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { candidateMask, findCandidates, predictScan } from '@lunet/evaluate';
import { readVolume, writeVolume } from '@lunet/io/node';
import { loadSafetensors } from '@lunet/unet';
import { writeText } from './evaluate/score-files.ts';
import { candidatesCsv, candidatesTable } from './predict/candidates-csv.ts';
import { parsePredictOptions } from './predict/predict-options.ts';
import { writeOverlays } from './predict/write-overlays.ts';
import { findLungs } from './scans/find-lungs.ts';
import { toHounsfield } from './scans/hounsfield-volume.ts';
import { openModel } from './scans/open-model.ts';
import { argumentsOf, interruptSignal, runScript } from './terminal/command-line.ts';
import { startChosenEngine } from './terminal/engine-option.ts';
import { ProgressLine } from './terminal/progress-line.ts';
import { scanProgress } from './terminal/scan-progress.ts';

const options = parsePredictOptions(argumentsOf(process.argv));

await runScript(async () => {
  const line = new ProgressLine();
  const signal = interruptSignal(() => line.print('stopping    press Ctrl-C again to stop at once'));
  const { out, threshold, lungMarginMm, flips, tile } = options;

  // 1. The weights, the scan, and where to write.
  const model = await openModel(options.model);
  line.print(`model       ${model.path}`);
  const read = { signal, ...(options.series === undefined ? {} : { seriesUid: options.series }) };
  const volume = toHounsfield(await readVolume(options.scan, read), options.scan);
  const { size, spacing } = volume.geometry;
  line.print(
    `scan        ${size.join('x')} voxels of ${spacing.map((mm) => Number(mm.toFixed(3))).join('x')} mm`,
  );
  await mkdir(out, { recursive: true }).catch((cause: Error) => {
    throw new Error(`Cannot write to ${out}: ${cause.message}`, { cause });
  });

  // 2. The prediction, in and around the lungs.
  await startChosenEngine(options, line);
  const network = loadSafetensors(model.bytes);
  const lung = await findLungs(volume, options.lungs);
  if (!lung && options.lungs === 'own') line.print('note        no lungs were found, so it looks everywhere');
  const onSlice = scanProgress(line, [size[2]])(0);
  const prediction = await predictScan(network, volume, { lung, lungMarginMm, flips, tile, signal, onSlice });

  // 3. What was found.
  const called = { threshold, minimumDiameterMm: options.minimumDiameterMm };
  const candidates = findCandidates(prediction, called);
  const mask = candidateMask(prediction, called);
  await writeVolume(join(out, `mask.${options.format}`), mask, { compress: true });
  await writeText(join(out, 'candidates.csv'), candidatesCsv(options.name, candidates));
  if (options.probabilities) {
    await writeVolume(join(out, `probabilities.${options.format}`), prediction, { compress: true });
  }
  const pictures = await writeOverlays(join(out, 'overlays'), { volume, mask, candidates }, options.overlays);
  line.print(candidatesTable(candidates));
  line.print(
    `written     ${out}: mask.${options.format}, candidates.csv${pictures > 0 ? `, overlays/ (${pictures})` : ''}`,
  );
  line.print(`next        open ${options.scan} and the mask over it in 3D Slicer or ITK-SNAP`);
  if (options.json) console.log(JSON.stringify(candidates));
});
