import { candidateMask, measureScan, predictScan, type ScanMeasurement } from '@lunet/evaluate';
import type { Volume } from '@lunet/io';
import type { Luna16Scan } from '@lunet/io/node';
import { cutOut, type ReportScan, reportScan } from '@lunet/report';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { findLungs } from '../scans/find-lungs.ts';
import { loadScan, scoredNodules } from '../scans/luna16-scans.ts';
import { keptFalsePositives, type ScanOptions } from './evaluate-luna16-options.ts';
import type { LookedAtScan } from './kept-baseline-lungs.ts';

/** Everything that later steps need to know of a scan; plain data, so that it can be kept as JSON. */
export interface ScanResult {
  readonly seriesUid: string;
  /** What computed it. */
  readonly engine: string;
  readonly measurement: ScanMeasurement;
  /** Where nodules were looked for; `none` too if no lungs were found. */
  readonly lungs: ScanOptions['lungs'];
  /** Every nodule, and the `keptFalsePositives` worst false positives. */
  readonly shown: ReportScan;
}

/** What comes of a scan, and what it came from. */
export interface EvaluatedVoxels {
  readonly result: ScanResult;
  readonly mask: Volume<Uint8Array>;
  readonly scanned: LookedAtScan;
}

/** What is around the evaluation of a scan. */
export interface EvaluateScanContext {
  /** Name of the engine that runs. */
  readonly engine: string;
  readonly signal: AbortSignal;
  readonly onSlice: (done: number, of: number) => void;
}

/** Predicts a scan, measures it, and cuts its findings out. */
export async function evaluateScan(
  model: LayersModel,
  scan: Luna16Scan,
  options: ScanOptions,
  { engine, signal, onSlice }: EvaluateScanContext,
): Promise<EvaluatedVoxels> {
  const { threshold, rank, mergeWithinMm, tile, flips, lungMarginMm } = options;
  const { volume, truth } = await loadScan(scan);
  const lung = await findLungs(volume, options.lungs, scan.lungMaskPath);
  const prediction = await predictScan(model, volume, { tile, flips, lung, lungMarginMm, signal, onSlice });
  const candidates = { probability: rank, mergeWithinMm } as const;
  const nodules = scoredNodules(scan);
  const measurement = measureScan(prediction, { ...scan, nodules, truth }, { threshold, candidates });
  const unseen = new Set(scan.outside.map(({ centerWorld }) => centerWorld));
  const result: ScanResult = {
    seriesUid: scan.seriesUid,
    engine,
    measurement,
    lungs: lung ? options.lungs : 'none',
    shown: reportScan(measurement, {
      maximumFalsePositives: keptFalsePositives,
      cutOut: (centerWorld) =>
        unseen.has(centerWorld) ? undefined : cutOut(volume, { centerWorld, prediction, threshold, truth }),
    }),
  };
  const looked = { in: options.lungs, lung };
  return { result, mask: candidateMask(prediction, { threshold }), scanned: { volume, truth, looked } };
}
