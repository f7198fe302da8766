import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Volume } from '@lunet/io';
import { type Luna16Scan, writeVolume } from '@lunet/io/node';
import { scoredNodules } from '../scans/luna16-scans.ts';
import type { EvaluateModelOptions, MaskFormat } from './evaluate-luna16-options.ts';
import type { ScanResult } from './evaluate-scan.ts';
import { fingerprintMetaImage, fingerprintOf, keepResult, readKept } from './kept-results.ts';

/** A scan's result, and what it was kept under. */
export interface EvaluatedScan extends PlannedScan {
  readonly result: ScanResult;
}

/** A scan, and the fingerprint of all that decides its result. */
export interface PlannedScan {
  readonly scan: Luna16Scan;
  readonly fingerprint: string;
}

/** The formats that a mask may have been kept in. */
const maskFormats: readonly MaskFormat[] = ['mha', 'nii.gz'];

/**
 * The results of scans in a folder: `scans/<uid>.json` and, where wanted, `masks/<uid>.<format>`.
 *
 * @param settings all that decides a result, besides the scan itself.
 */
export class KeptScans {
  readonly #folder: string;
  readonly #settings: unknown;
  readonly #masks: MaskFormat | undefined;
  readonly #lungs: EvaluateModelOptions['scan']['lungs'];

  constructor(
    folder: string,
    settings: unknown,
    { masks, scan }: Pick<EvaluateModelOptions, 'masks' | 'scan'>,
  ) {
    this.#folder = folder;
    this.#settings = settings;
    this.#masks = masks;
    this.#lungs = scan.lungs;
  }

  /** Looks for a scan's result; what is there but of no use is told by `kind`. */
  async find(scan: Luna16Scan): Promise<{
    readonly planned: PlannedScan;
    readonly kind: 'kept' | 'absent' | 'outdated' | 'unreadable';
    readonly result?: ScanResult;
  }> {
    const { seriesUid, excluded, lungMaskPath } = scan;
    const bytes = [await fingerprintMetaImage(scan.path, scan)];
    if (this.#lungs === 'data' && lungMaskPath) bytes.push(await fingerprintMetaImage(lungMaskPath));
    const fingerprint = fingerprintOf(this.#settings, seriesUid, scoredNodules(scan), excluded, bytes);
    const planned = { scan, fingerprint };
    const found = await readKept<ScanResult>(this.#file(seriesUid), fingerprint);
    if (found.kind !== 'kept') return { planned, kind: found.kind };
    const isWhole = this.#masks === undefined || existsSync(this.#mask(seriesUid, this.#masks));
    return isWhole ? { planned, kind: 'kept', result: found.result } : { planned, kind: 'absent' };
  }

  /** Keeps a scan's result; its mask comes first, so that a result that is there has its own. */
  async keep(
    { scan, fingerprint }: PlannedScan,
    result: ScanResult,
    mask: Volume<Uint8Array>,
  ): Promise<ScanResult> {
    const { seriesUid } = scan;
    await rm(this.#file(seriesUid), { force: true });
    for (const format of maskFormats) await rm(this.#mask(seriesUid, format), { force: true });
    if (this.#masks) await writeVolume(this.#mask(seriesUid, this.#masks), mask, { compress: true });
    return keepResult(this.#file(seriesUid), fingerprint, result);
  }

  #file(seriesUid: string): string {
    return join(this.#folder, 'scans', `${seriesUid}.json`);
  }

  #mask(seriesUid: string, format: MaskFormat): string {
    return join(this.#folder, 'masks', `${seriesUid}.${format}`);
  }
}
