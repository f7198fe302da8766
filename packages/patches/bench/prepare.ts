// Preparing a chunk store from phantom scans on a disk whose page cache was dropped, beside reading all of their bytes.
import { mkdtemp, open, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openLuna16 } from '@lunet/io/node';
import { type PrepareResult, prepareStore } from '@lunet/patches/node';
import { writePhantomDataset } from '@lunet/phantom/node';
import { bytesRead, dropFromPageCache, measureInTurn, type Row } from '@lunet/testing/bench';

/** Of 100, to spare the time to make them; each takes as long as another. */
const scanCount = 20;
const slices = 64;

export async function rows(): Promise<Row[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'lunet-bench-'));
  try {
    const root = path.join(folder, 'scans');
    await writePhantomDataset(root, { scans: scanCount, slices, seed: 1, numWorkers: 2 });
    const { scans } = await openLuna16(root);
    const files = scans.flatMap(({ path: header, lungMaskPath }) => [
      header.replace('.mhd', '.raw'),
      ...(lungMaskPath === undefined ? [] : [lungMaskPath.replace('.mhd', '.zraw')]),
    ]);
    const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
    const total = sizes.reduce((sum, bytes) => sum + bytes, 0);
    const store = path.join(folder, 'store');
    let result: PrepareResult | undefined;
    let asked = 0;
    let fromDisk = 0;
    const times = await measureInTurn(
      {
        prepare: async () => {
          const before = bytesRead();
          result = await prepareStore(scans, store, { seed: 1, source: root });
          const after = bytesRead();
          asked = (after?.asked ?? NaN) - (before?.asked ?? NaN);
          fromDisk = (after?.fromDisk ?? NaN) - (before?.fromDisk ?? NaN);
        },
        plain: () => readAll(files),
      },
      {
        rounds: 3,
        prepare: async () => {
          await rm(store, { recursive: true, force: true });
          dropFromPageCache(files);
        },
      },
    );
    const { nodules, negatives, bytes } = result!;
    const bandwidth = total / times.plain!;
    const share = fromDisk / times.prepare! / bandwidth;
    return [
      {
        work: `preparing ${scanCount} phantom scans of 512×512×${slices}, ${dropFromPageCache(files) ? 'page cache dropped' : 'in the page cache'}`,
        ours: times.prepare!,
        rival: times.plain,
        rivalName: 'reading all their bytes',
        note:
          `${megabytes(fromDisk)} from the disk (${megabytes(asked)} read in all, its own parts included) of ${megabytes(total)}: ` +
          `${(100 * share).toFixed(0)} % of the plain read's ${megabytes(1000 * bandwidth)}/s; ` +
          `${nodules} nodules, ${negatives} negatives, ${megabytes(bytes)} of chunks: ${megabytes(bytes / nodules)} a nodule with its negatives`,
      },
    ];
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Reads files one after the other, each in the order of its bytes. */
async function readAll(files: readonly string[]): Promise<void> {
  const block = new Uint8Array(1 << 22);
  for (const file of files) {
    const handle = await open(file);
    try {
      while ((await handle.read(block)).bytesRead > 0);
    } finally {
      await handle.close();
    }
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 2 : 0)} MB`;
}
