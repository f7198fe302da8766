import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import {
  type ReportCurve,
  type ReportData,
  type ReportScan,
  renderReport,
  type TrainingRow,
} from '@lunet/report';
import type { ModelFile } from '../scans/open-model.ts';
import type { EvaluateModelOptions } from './evaluate-luna16-options.ts';
import type { Challenge, MeasuredScores } from './evaluation-scores.ts';
import type { EvaluatedScan } from './kept-scans.ts';
import { writeText } from './score-files.ts';

/** Renders a report into a file, dated today. */
export async function writeReport(file: string, data: Omit<ReportData, 'date'>): Promise<void> {
  const html = await renderReport({ ...data, date: new Date().toISOString().slice(0, 10) });
  await writeText(file, html);
}

/** What a report of a model is made of. */
export interface ModelEvaluation {
  readonly options: EvaluateModelOptions;
  readonly model: ModelFile;
  /** Of the scans, in words. */
  readonly name: string;
  readonly evaluated: readonly EvaluatedScan[];
  readonly scored: MeasuredScores;
  readonly warnings: readonly string[];
  readonly baseline: (MeasuredScores & { readonly name: string }) | undefined;
}

/** Writes the report of a model on scans. */
export async function writeModelReport(
  file: string,
  { options, model, name, evaluated, scored, warnings, baseline }: ModelEvaluation,
): Promise<void> {
  const { lungs, lungMarginMm, flips } = options.scan;
  const engines = [...new Set(evaluated.map(({ result }) => result.engine))].sort();
  await writeReport(file, {
    model: join(basename(resolve(model.folder)), basename(model.path)),
    data: {
      name: basename(resolve(options.data)),
      kind: existsSync(join(options.data, 'phantom.json'))
        ? 'phantoms'
        : kindOf(evaluated.map(({ scan }) => scan)),
      folds: name,
    },
    details: {
      Engine: engines.join(', '),
      Lungs: lungs === 'none' ? 'everywhere' : `${lungs}, and ${lungMarginMm} mm around them`,
      ...(flips ? { Flips: 'mean of four' } : {}),
      ...(warnings.length > 0
        ? { Note: warnings.map((warning) => warning.replace('WARNING: ', '')).join('; ') }
        : {}),
      Weights: `SHA-256 ${model.sha256.slice(0, 12)}…`,
    },
    curve: reportCurve(scored),
    summary: scored.summary,
    ...(baseline
      ? {
          baseline: {
            name: baseline.name,
            curve: reportCurve(baseline),
            summary: baseline.summary,
          },
        }
      : {}),
    training: await readTraining(model.folder),
    scans: evaluated.map(({ result }) => withFalsePositives(result.shown, options.reportFalsePositives)),
  });
}

/** The curve of a score as the report draws it. */
export function reportCurve({ froc, scores: { band } }: Challenge): ReportCurve {
  return { froc, band };
}

/** The same with so many false positives at most; the worst come first. */
function withFalsePositives(scan: ReportScan, most: number): ReportScan {
  let shown = 0;
  return {
    ...scan,
    findings: scan.findings.filter(({ kind }) => kind !== 'false-positive' || shown++ < most),
  };
}

/** Tells scans that are LUNA16's by their UIDs. */
export function kindOf(scans: readonly { readonly seriesUid: string }[]): 'luna16' | 'other' {
  return scans.every(({ seriesUid }) => seriesUid.startsWith(lidcRoot)) ? 'luna16' : 'other';
}

/** Reads a run's metrics.jsonl; a line that a killed run left half written is passed over. */
async function readTraining(folder: string): Promise<TrainingRow[]> {
  const file = join(folder, 'metrics.jsonl');
  if (!existsSync(file)) return [];
  const rows: TrainingRow[] = [];
  for (const line of (await readFile(file, 'utf8')).split('\n')) {
    try {
      const row = JSON.parse(line);
      if (typeof row?.kind === 'string' && Number.isFinite(row.step)) rows.push(row);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  return rows;
}

/** LIDC-IDRI's scans, of which LUNA16's are. */
const lidcRoot = '1.3.6.1.4.1.14519.5.2.1.6279.6001.';
