/**
 * Evaluates a model on whole LUNA16 scans: candidates, LUNA16's official score, outlines, and a report to look at.
 *
 *   pnpm evaluate --data LUNA16 --model runs/my-run
 *
 * Or scores any system's predictions, with neither model nor scans:
 *
 *   pnpm evaluate --predictions marks.csv --annotations annotations.csv --seriesuids seriesuids.csv
 *
 * `--help` explains every option.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { formatPredictions } from '@lunet/io';
import { openLuna16 } from '@lunet/io/node';
import { loadSafetensors } from '@lunet/unet';
import { evaluateBaseline } from './evaluate/evaluate-baseline.ts';
import { type EvaluateModelOptions, parseEvaluateOptions } from './evaluate/evaluate-luna16-options.ts';
import { evaluateScan } from './evaluate/evaluate-scan.ts';
import { writeModelReport } from './evaluate/evaluation-report.ts';
import { scoreMeasurements } from './evaluate/evaluation-scores.ts';
import { challengeTable, describeOperatingPoint, summaryTable } from './evaluate/evaluation-table.ts';
import { type FailedScan, warnOfFailures } from './evaluate/failed-scans.ts';
import { KeptBaselineLungs } from './evaluate/kept-baseline-lungs.ts';
import { type EvaluatedScan, KeptScans, type PlannedScan } from './evaluate/kept-scans.ts';
import { frocCsv, writeJson, writeText } from './evaluate/score-files.ts';
import { scorePredictions } from './evaluate/score-predictions.ts';
import { selectScans } from './evaluate/select-scans.ts';
import { describeProblems, describeScans, scoredNodules } from './scans/luna16-scans.ts';
import { openModel } from './scans/open-model.ts';
import { argumentsOf, interruptSignal, runScript } from './terminal/command-line.ts';
import { startChosenEngine } from './terminal/engine-option.ts';
import { ProgressLine } from './terminal/progress-line.ts';
import { scanProgress } from './terminal/scan-progress.ts';
import { versions } from './terminal/versions.ts';

/** To be raised when this script makes something else of the same scan. */
const resultVersion = 1;

const options = parseEvaluateOptions(argumentsOf(process.argv));

await runScript(() => ('predictions' in options ? scorePredictions(options) : evaluateModel(options)));

async function evaluateModel(options: EvaluateModelOptions): Promise<void> {
  const line = new ProgressLine();
  const signal = interruptSignal(() => line.print('stopping    press Ctrl-C again to stop at once'));

  // 1. The weights and the scans.
  const model = await openModel(options.model);
  line.print(`model       ${model.path}`);
  const luna16 = await openLuna16(options.data, { signal });
  for (const problem of describeProblems(luna16)) line.print(`note        ${problem}`);
  const { scans, broken, name, ...selected } = selectScans(luna16, options.fold, model);
  line.print(
    `scans       ${describeScans(scans.map((scan) => ({ nodules: scoredNodules(scan) })))}: ${name}`,
  );
  const warn = (warning: string) =>
    line.print(warning.startsWith('WARNING') ? warning : `note        ${warning}`);
  for (const warning of selected.warnings) warn(warning);
  const failed: FailedScan[] = [];
  const fail = (seriesUid: string, nodules: number, message: string): void => {
    // No path: scores.json is to be the same wherever the data lie.
    failed.push({ seriesUid, nodules, message: message.replaceAll(join(options.data, '/'), '') });
    line.print(`FAILED      ${seriesUid}: ${message}`);
  };
  for (const { seriesUid, nodules, message } of broken) fail(seriesUid!, nodules ?? 0, message);

  // 2. What an earlier run, or another shard, has done already.
  const out = options.out ?? join(model.folder, 'evaluation');
  const folders = ['scans', ...(options.masks ? ['masks'] : []), ...(options.baseline ? ['baseline'] : [])];
  for (const folder of folders) {
    await mkdir(join(out, folder), { recursive: true }).catch((cause: Error) => {
      throw new Error(`Cannot write to ${out}: ${cause.message}`, { cause });
    });
  }
  const { node: _, ...made } = await versions(['@lunet/evaluate', '@lunet/masks', '@lunet/unet']);
  const settings = [resultVersion, made, options.engine, model.sha256, options.scan];
  const store = new KeptScans(out, settings, options);
  const baselineFolder = join(out, 'baseline');
  const baselineLungs = options.baseline && new KeptBaselineLungs(baselineFolder, [resultVersion, made]);
  const evaluated: EvaluatedScan[] = [];
  const open: PlannedScan[] = [];
  const counts = { kept: 0, absent: 0, outdated: 0, unreadable: 0 };
  for (const [i, scan] of scans.entries()) {
    signal.throwIfAborted();
    line.show(`looking     for results of scan ${i + 1}/${scans.length}`);
    try {
      const { planned, kind, result } = await store.find(scan);
      counts[kind]++;
      if (result) evaluated.push({ ...planned, result });
      else open.push(planned);
    } catch (error) {
      fail(scan.seriesUid, scoredNodules(scan).length, (error as Error).message);
    }
  }
  const { kept, outdated, unreadable } = counts;
  if (kept > 0) line.print(`kept        ${kept} of ${scans.length} scans from an earlier run in ${out}`);
  if (outdated > 0) line.print(`note        ${outdated} results there are of other weights, options or data`);
  if (unreadable > 0)
    line.print(`note        ${unreadable} results there cannot be read; they are made again`);

  // 3. The scans that are left, or this shard's.
  const { index, of } = options.shard ?? { index: 1, of: 1 };
  const inShard = new Set(scans.filter((_, i) => i % of === index - 1));
  const toDo = open.filter(({ scan }) => inShard.has(scan));
  if (toDo.length > 0) {
    const engine = await startChosenEngine(options, line);
    const network = loadSafetensors(model.bytes);
    const progress = scanProgress(
      line,
      toDo.map(({ scan }) => scan.geometry.size[2]),
    );
    for (const [i, planned] of toDo.entries()) {
      const { scan } = planned;
      signal.throwIfAborted();
      const made = await evaluateScan(network, scan, options.scan, {
        engine: engine.name,
        signal,
        onSlice: progress(i),
      }).catch((error: Error) => {
        if (signal.aborted) throw error;
        fail(scan.seriesUid, scoredNodules(scan).length, error.message);
      });
      if (!made) continue;
      const result = await store.keep(planned, made.result, made.mask);
      evaluated.push({ ...planned, result });
      // While the scan is in memory; what fails is tried again, and told, when the baseline is scored.
      if (baselineLungs) await baselineLungs.lungsOf(scan, async () => made.scanned).catch(() => undefined);
      const { nodules, candidates } = result.measurement;
      line.print(
        `done        ${scan.seriesUid}  ${nodules.filter(({ found }) => found).length}/${nodules.length} nodules found, ` +
          `${candidates.filter(({ liesOn }) => liesOn === 'nothing').length} false positives` +
          `${result.lungs === options.scan.lungs ? '' : '; no lungs were found, so it looked everywhere'}`,
      );
    }
  }
  if (failed.length > 0) process.exitCode = 1;
  const missing = open.length - toDo.length;
  if (missing > 0) {
    line.print(
      `missing     ${missing} of ${scans.length} scans are in other shards; run the same without --shard to do what is left and score all`,
    );
    return;
  }
  if (evaluated.length === 0) throw new Error(`Cannot evaluate: none of ${scans.length} scans could be read`);

  const all = scans.length + broken.length;
  const failures = warnOfFailures(failed, all);
  const warnings = [...selected.warnings, ...failures];
  const coverage = `${evaluated.length} of ${all} scans`;

  // 4. The scores, always over the scans in the order of their UIDs.
  const order = new Map(scans.map(({ seriesUid }, place) => [seriesUid, place]));
  evaluated.sort((a, b) => order.get(a.scan.seriesUid)! - order.get(b.scan.seriesUid)!);
  const measurements = evaluated.map(({ result }) => result.measurement);
  const scored = scoreMeasurements(measurements, options);
  const baseline = baselineLungs
    ? await evaluateBaseline(
        evaluated.map(({ scan }) => scan),
        options.scan,
        { folder: baselineFolder, lungs: baselineLungs, line, signal },
      ).catch((error: Error): undefined => {
        if (signal.aborted) throw error;
        line.print(`note        the baseline is left out: ${error.message}`);
      })
    : undefined;
  const beside = baseline && {
    name: `HU > ${baseline.threshold} in lung`,
    threshold: baseline.threshold,
    lungs: baseline.lungs,
    ...scoreMeasurements(baseline.measurements, options),
  };
  const scores = {
    ...scored.scores,
    summary: scored.summary,
    operatingPoints: scored.operatingPoints,
    baseline: beside && {
      threshold: beside.threshold,
      lungs: beside.lungs,
      ...beside.scores,
      summary: beside.summary,
    },
    model: { sha256: model.sha256 },
    options: { fold: options.fold, ...options.scan, recall: options.recall, seed: options.seed },
    warnings,
    failed,
  };
  await writeJson(join(out, 'scores.json'), scores);
  await writeText(join(out, 'froc.csv'), frocCsv(scored.froc));
  const marks = measurements.flatMap(({ seriesUid, candidates }) =>
    candidates.map(({ centerWorld, probability }) => ({ seriesUid, centerWorld, probability })),
  );
  await writeText(join(out, 'predictions.csv'), formatPredictions(marks));
  if (options.report) {
    line.show('report      is being drawn');
    await writeModelReport(join(out, 'report.html'), {
      warnings,
      options,
      model,
      name,
      evaluated,
      scored,
      baseline: beside,
    });
  }

  // 5. What came out.
  line.print(
    challengeTable(`${coverage}, false positives a scan`, [
      ['U-Net', scored.scores],
      ...(beside ? [[beside.name, beside.scores] as const] : []),
    ]),
  );
  line.print(
    summaryTable(`${coverage} (${name}), p > ${options.scan.threshold}`, [
      ['U-Net', scored.summary],
      ...(beside ? [[beside.name, beside.summary] as const] : []),
    ]),
  );
  for (const point of scored.operatingPoints) line.print(describeOperatingPoint(point));
  for (const { seriesUid, message } of failed) line.print(`FAILED      ${seriesUid}: ${message}`);
  for (const warning of failures) warn(warning);
  line.print(
    `written     ${out}: scores.json, predictions.csv, froc.csv${options.report ? ', report.html' : ''}`,
  );
  if (options.report) line.print(`next        open ${join(out, 'report.html')} in a browser`);
  if (options.json) console.log(JSON.stringify(scores));
}
