import {
  candidateMask,
  type LungHistograms,
  lungHistograms,
  measureScan,
  predictScan,
  type ScanMeasurement,
} from '@lunet/evaluate';
import { toVoxels, type Volume } from '@lunet/io';
import type { Luna16Scan } from '@lunet/io/node';
import { cutOut, type ReportScan, reportScan } from '@lunet/report';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { findLungs } from '../scans/find-lungs.ts';
import { loadScan, scoredNodules } from '../scans/luna16-scans.ts';
import type { ScanOptions } from './evaluate-luna16-options.ts';

/** Everything that later steps need to know of a scan; plain data, so that it can be kept as JSON. */
export interface ScanResult {
  readonly seriesUid: string;
  /** What computed it. */
  readonly engine: string;
  readonly measurement: ScanMeasurement;
  /** Where nodules were looked for; `none` too if no lungs were found. */
  readonly lungs: ScanOptions['lungs'];
  /** Every nodule, and the worst false positives. */
  readonly shown: ReportScan;
  /** What the baseline's threshold is picked from. */
  readonly histograms: {
    readonly nodule: readonly number[];
    readonly other: readonly number[];
    readonly noduleOutside: number;
  };
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
): Promise<{ readonly result: ScanResult; readonly mask: Volume<Uint8Array> }> {
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
      maximumFalsePositives: options.reportFalsePositives,
      cutOut: (centerWorld) =>
        unseen.has(centerWorld) ? undefined : cutOut(volume, { centerWorld, prediction, threshold, truth }),
    }),
    histograms: plain(
      lungHistograms(volume, (await baselineLungs(scan, volume)) ?? everywhere(volume), truth),
    ),
  };
  return { result, mask: candidateMask(prediction, { threshold }) };
}

/** The lungs that the plain threshold is applied in: of the data set's mask where there is one. */
export function baselineLungs(
  scan: Luna16Scan,
  volume: Volume<Int16Array>,
): Promise<Volume<Uint8Array> | undefined> {
  return findLungs(volume, scan.lungMaskPath === undefined ? 'own' : 'data', scan.lungMaskPath);
}

/** A mask of all voxels. */
export function everywhere({ geometry, voxels }: Volume): Volume<Uint8Array> {
  return { geometry, voxels: toVoxels(new Uint8Array(voxels.data.length).fill(1), voxels.shape) };
}

function plain({ nodule, other, noduleOutside }: LungHistograms): ScanResult['histograms'] {
  return { nodule: Array.from(nodule), other: Array.from(other), noduleOutside };
}
