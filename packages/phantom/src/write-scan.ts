import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { writeVolume } from '@lunet/io/node';
import { headerPaths } from './phantom-files.ts';
import type { PhantomJob } from './phantom-job.ts';
import type { PhantomRecord } from './phantom-record.ts';
import { generateScan } from './scan.ts';

/** Makes one scan and writes its volume and its lung mask. */
export async function writeScan(
  root: string,
  { index, fold, options, key }: PhantomJob,
): Promise<PhantomRecord> {
  const { seriesUid, volume, lungMask, nodules, excluded, candidates } = generateScan(options);
  const { scan, mask } = headerPaths(root, fold, seriesUid);
  await mkdir(path.dirname(mask), { recursive: true });
  await mkdir(path.dirname(scan), { recursive: true });
  await writeVolume(mask, lungMask, { compress: true });
  await writeVolume(scan, volume);
  return { index, fold, seriesUid, key, nodules, excluded, candidates };
}
