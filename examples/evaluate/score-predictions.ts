import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { groupByScan } from '@lunet/evaluate';
import { parseAnnotations, parsePredictions, parseSeriesUids } from '@lunet/io';
import type { ScorePredictionsOptions } from './evaluate-luna16-options.ts';
import { scoreChallenge } from './evaluation-scores.ts';
import { challengeTable } from './evaluation-table.ts';
import { frocCsv, writeJson, writeText } from './score-files.ts';

/** Scores a file of predictions in the challenge's format by LUNA16's rules; no engine is started, no scan read. */
export async function scorePredictions(options: ScorePredictionsOptions): Promise<void> {
  const { predictions, out, excluded } = options;
  const read = (file: string) =>
    readFile(file, 'utf8').catch((cause: Error) => {
      throw new Error(`Cannot read ${file}: ${cause.message}`, { cause });
    });
  const list = parseSeriesUids(await read(options.seriesUids), options.seriesUids);
  const { scans, skipped } = groupByScan(list, {
    nodules: parseAnnotations(await read(options.annotations), options.annotations),
    excluded: excluded === undefined ? [] : parseAnnotations(await read(excluded), excluded),
    marks: parsePredictions(await read(predictions), predictions),
  });
  for (const [what, count] of Object.entries(skipped)) {
    if (count > 0)
      console.log(`note        ${count} ${what} are of scans that ${options.seriesUids} does not list`);
  }
  if (excluded === undefined)
    console.log('note        without --excluded, marks on excluded findings count as false');
  const challenge = scoreChallenge(scans, options.seed);
  const scores = { ...challenge.scores, skipped };
  console.log(challengeTable('false positives a scan', [['sensitivity', scores]]));
  console.log(
    `${scores.truePositives} of ${scores.nodules} nodules found in ${scores.scans} scans; ${scores.candidates} marks: ` +
      `${scores.falsePositives} false positives, ${scores.ignoredOnExcluded} on excluded findings, ` +
      `${scores.doubleDetections} on nodules that have a better one`,
  );
  if (out !== undefined) {
    await mkdir(out, { recursive: true });
    await writeJson(join(out, 'scores.json'), scores);
    await writeText(join(out, 'froc.csv'), frocCsv(challenge.froc));
    if (options.report) {
      const { kindOf, reportCurve, writeReport } = await import('./evaluation-report.ts');
      await writeReport(join(out, 'report.html'), {
        model: predictions,
        data: { name: `${scores.scans} scans of ${options.seriesUids}`, kind: kindOf(scans) },
        curve: reportCurve(challenge),
      });
    }
    console.log(`\nwritten     ${out}: scores.json, froc.csv${options.report ? ', report.html' : ''}`);
  }
  if (options.json) console.log(JSON.stringify(scores));
}
