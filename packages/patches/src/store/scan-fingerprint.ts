import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { type Luna16Scan, readMetaImageHeader } from '@lunet/io/node';
import type { ScanSettings } from '../chunks/collect-scan.ts';

/** Counted up when the same scan and settings would give other chunks than before. */
const method = 1;

/**
 * SHA-256 over what the chunks of a scan follow from: the settings, the scan's rows in the CSV files, header, size and
 * time of change of its files and of its lung mask's. The voxels are not read.
 *
 * @throws {Error} if a header cannot be read or a file is missing.
 */
export async function fingerprintScan(scan: Luna16Scan, settings: Required<ScanSettings>): Promise<string> {
  const { seriesUid, geometry, nodules, excluded, candidates, lungMaskPath } = scan;
  const files = [await describeImage(scan.path), lungMaskPath && (await describeImage(lungMaskPath))];
  const all = [method, settings, seriesUid, geometry, nodules, excluded, candidates, files];
  return createHash('sha256').update(JSON.stringify(all)).digest('hex');
}

async function describeImage(file: string): Promise<unknown> {
  const header = await readMetaImageHeader(file);
  const data = header.dataFile === 'LOCAL' ? file : path.resolve(path.dirname(file), header.dataFile);
  const { size, mtimeMs } = await stat(data);
  return [header, size, mtimeMs];
}
