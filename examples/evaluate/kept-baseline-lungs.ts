import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { lungHistograms } from '@lunet/evaluate';
import { toVoxels, type Volume } from '@lunet/io';
import { type Luna16Scan, readVolume, writeVolume } from '@lunet/io/node';
import { findLungs } from '../scans/find-lungs.ts';
import { scoredNodules } from '../scans/luna16-scans.ts';
import type { ScanOptions } from './evaluate-luna16-options.ts';
import { fingerprintMetaImage, fingerprintOf, keepResult, readKept } from './kept-results.ts';

/** Where the baseline looks in a scan, and how dense it is there. */
export interface BaselineLungs {
  /** Of the data's mask or, where that is absent or of no use, of our own segmentation; `none`: everywhere. */
  readonly from: ScanOptions['lungs'];
  /** Why the data's mask is of no use. */
  readonly note?: string;
  /** What the threshold is picked from. */
  readonly histograms: {
    readonly nodule: readonly number[];
    readonly other: readonly number[];
    readonly noduleOutside: number;
  };
}

/** A scan's voxels, and the lungs that the model looked in. */
export interface LookedAtScan {
  readonly volume: Volume<Int16Array>;
  readonly truth: Volume<Uint8Array>;
  readonly looked?: { readonly in: ScanOptions['lungs']; readonly lung: Volume<Uint8Array> | undefined };
}

/** The lungs that the baseline looks in, found once a scan: `<uid>.lungs.json` in a folder, with the mask beside it. */
export class KeptBaselineLungs {
  readonly #folder: string;
  readonly #settings: unknown;

  /** @param settings all that decides the lungs, besides the scan itself. */
  constructor(folder: string, settings: unknown) {
    this.#folder = folder;
    this.#settings = settings;
  }

  /** Of all that decides the lungs; a mask that cannot be opened decides nothing. */
  async fingerprint(scan: Luna16Scan): Promise<string> {
    const { seriesUid, excluded, path, lungMaskPath } = scan;
    const mask = lungMaskPath && (await fingerprintMetaImage(lungMaskPath).catch(() => 'broken'));
    const voxels = await fingerprintMetaImage(path, scan);
    return fingerprintOf(this.#settings, seriesUid, scoredNodules(scan), excluded, voxels, mask);
  }

  /** The lungs of a scan, as they are kept or, of voxels that are loaded for that, found and kept now. */
  async lungsOf(scan: Luna16Scan, load: () => Promise<LookedAtScan>): Promise<BaselineLungs> {
    const fingerprint = await this.fingerprint(scan);
    const kept = await readKept<BaselineLungs>(this.#file(scan, 'json'), fingerprint);
    if (kept.kind === 'kept') {
      const { from } = kept.result;
      if (from === 'none' || existsSync(this.#file(scan, 'mha'))) return kept.result;
    }
    return this.#keep(scan, fingerprint, await load());
  }

  /** The mask of lungs that were kept. */
  async readMask(scan: Luna16Scan, { from }: BaselineLungs, volume: Volume): Promise<Volume<Uint8Array>> {
    if (from === 'none') return everywhere(volume);
    return (await readVolume(this.#file(scan, 'mha'))) as Volume<Uint8Array>;
  }

  /** The lungs that the model looked in are taken if they are the ones. */
  async #keep(
    scan: Luna16Scan,
    fingerprint: string,
    { volume, truth, looked }: LookedAtScan,
  ): Promise<BaselineLungs> {
    const find = async (from: 'own' | 'data') =>
      looked?.in === from ? looked.lung : findLungs(volume, from, scan.lungMaskPath);
    let note: string | undefined;
    let lung: Volume<Uint8Array> | undefined;
    if (scan.lungMaskPath !== undefined) {
      try {
        lung = await find('data');
        if (!lung) note = `${scan.lungMaskPath} is next to empty`;
      } catch (error) {
        note = (error as Error).message;
      }
    }
    let from: BaselineLungs['from'] = 'data';
    if (!lung) {
      lung = await find('own');
      from = lung ? 'own' : 'none';
    }
    const { nodule, other, noduleOutside } = lungHistograms(volume, lung ?? everywhere(volume), truth);
    const histograms = { nodule: Array.from(nodule), other: Array.from(other), noduleOutside };
    await rm(this.#file(scan, 'json'), { force: true });
    if (lung) await writeVolume(this.#file(scan, 'mha'), lung, { compress: true });
    const lungs = { from, ...(note === undefined ? {} : { note }), histograms };
    return keepResult(this.#file(scan, 'json'), fingerprint, lungs);
  }

  #file({ seriesUid }: Luna16Scan, extension: 'json' | 'mha'): string {
    return join(this.#folder, `${seriesUid}.lungs.${extension}`);
  }
}

/** A mask of all voxels. */
function everywhere({ geometry, voxels }: Volume): Volume<Uint8Array> {
  return { geometry, voxels: toVoxels(new Uint8Array(voxels.data.length).fill(1), voxels.shape) };
}
