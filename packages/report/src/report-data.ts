import type { World } from '@lunet/io';
import type { CutOut } from './cut-out.ts';

/** A figure and its 95 % interval, as evaluate's `Interval`; NaN, which JSON turns into null, where there is none. */
export interface Estimate {
  readonly value: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
}

/** A FROC curve over all scans: the parts of evaluate's `Froc` and `FrocBand` that are drawn. */
export interface ReportCurve {
  readonly froc: {
    readonly scans: number;
    readonly nodules: number;
    /** Parallel arrays, false positives ascending; sensitivity 0 … 1. */
    readonly points: {
      readonly falsePositivesPerScan: readonly number[];
      readonly sensitivity: readonly number[];
    };
  };
  readonly band?: {
    readonly falsePositivesPerScan: readonly number[];
    /** NaN or null where there is no band: of one scan, say. */
    readonly lower: readonly (number | null)[];
    readonly upper: readonly (number | null)[];
    /** At the seven official rates. */
    readonly sensitivityAt: readonly Estimate[];
    readonly cpm: Estimate;
  };
}

/** Overlap of predicted and true voxels, as evaluate's `VoxelSummary`. */
export interface OverlapScores {
  readonly recall: Estimate | null;
  readonly precision: Estimate | null;
  readonly dice: Estimate | null;
}

/** Nodules of one range of diameters, as evaluate's `SizeSummary`. */
export interface SizeScores {
  /** As it is to be read, such as `5–10 mm`. */
  readonly name: string;
  readonly nodules: number;
  readonly found: number;
  readonly sensitivity: Estimate | null;
}

/** Scores at the operating point: what is shown of evaluate's `Summary`. */
export interface OperatingScores {
  readonly nodules: number;
  readonly found: number;
  /** A voxel is predicted above this probability. */
  readonly threshold: number;
  /** A candidate counts from this probability on. */
  readonly candidateThreshold: number;
  /** Over the voxels of all slices. */
  readonly allSlices: OverlapScores;
  /** Over the voxels of the slices that hold a nodule. */
  readonly noduleSlices: OverlapScores;
  readonly sensitivity: Estimate | null;
  /** From small to large. */
  readonly sizes: readonly SizeScores[];
  readonly falsePositivesPerScan: Estimate | null;
  /** Medians over nodules. */
  readonly noduleDice: Estimate | null;
  /** Predicted over true volume, less 1: +0.2 is a fifth too large. */
  readonly volumeError: Estimate | null;
  readonly absoluteVolumeError: Estimate | null;
}

/** What a model has to beat. */
export interface Baseline {
  /** Short, as it heads a column. */
  readonly name: string;
  readonly curve?: ReportCurve;
  readonly summary?: OperatingScores;
}

/** A row of a run's metrics.jsonl: a step (`train`) or a `validation`. What is missing or null is not drawn. */
export interface TrainingRow {
  readonly kind: string;
  readonly step: number;
  readonly loss?: number | null;
  readonly recall?: number | null;
  readonly precision?: number | null;
  readonly dice?: number | null;
}

/** A nodule that was found or missed, or a false positive, at the operating point. */
export interface ReportFinding {
  readonly kind: 'found' | 'missed' | 'false-positive';
  /** Of the nodule; of a false positive its own. */
  readonly centerWorld: World;
  /** Of the nodule; of a false positive its own, equivalent one. */
  readonly diameterMm?: number;
  /** Of the candidate, 0 … 1. */
  readonly probability?: number;
  /** Overlap of a nodule with its prediction, 0 … 1. */
  readonly dice?: number;
  readonly cutOut?: CutOut | undefined;
}

/** One scan's findings. */
export interface ReportScan {
  readonly seriesUid: string;
  readonly nodules: number;
  readonly found: number;
  /** All of them; `findings` may hold the worst only. */
  readonly falsePositives: number;
  readonly findings: readonly ReportFinding[];
}

/** All that a report shows: plain data that survives JSON. */
export interface ReportData {
  readonly title?: string;
  /** Date of the evaluation as it is to be read; a report reads no clock. */
  readonly date: string;
  /** What was evaluated, in words. */
  readonly model: string;
  readonly data: {
    /** In words. */
    readonly name: string;
    /** Decides how the published systems, which were measured on LUNA16's 888 scans, are introduced. */
    readonly kind: 'luna16' | 'phantoms' | 'other';
    readonly folds?: string;
  };
  /** Further facts for the header, such as the engine or the seed. */
  readonly details?: Readonly<Record<string, string>>;
  readonly curve: ReportCurve;
  readonly summary?: OperatingScores;
  readonly baseline?: Baseline;
  readonly training?: readonly TrainingRow[];
  readonly scans?: readonly ReportScan[];
}
