// The chunk of one nodule out of a `.raw` scan of 512×512×300 that is not in memory, beside the whole scan as float32, as
// the reference loads it (whole-scan.py).
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { formatAnnotations, identityDirection, indexToWorld, toVoxels } from '@lunet/io';
import { openLuna16, writeVolume } from '@lunet/io/node';
import { collectChunks } from '@lunet/patches/node';
import {
  type BytesRead,
  bytesRead,
  dropFromPageCache,
  findPython,
  measureInTurn,
  type Row,
  runPython,
} from '@lunet/testing/bench';

const size = [512, 512, 300] as const;
const seriesUid = '1.2.3';

export async function rows(): Promise<Row[]> {
  const root = await mkdtemp(path.join(tmpdir(), 'lunet-bench-'));
  try {
    const raw = await writeScan(root);
    const { scans } = await openLuna16(root);
    assert.equal(scans[0]?.nodules.length, 1);
    const python = findPython(['numpy']);
    const script = new URL('whole-scan.py', import.meta.url);
    let before: BytesRead | undefined;
    let read: BytesRead | undefined;
    const ours = async () => {
      before = bytesRead();
      const { chunks } = await collectChunks(scans, { seed: 1, negativesPerScan: 0 });
      read = bytesRead();
      assert.equal(chunks.length, 1);
    };
    const works = {
      ours,
      theirs: python === undefined ? undefined : () => runPython(python, script, [raw, ...size.map(String)]),
    };
    // Preparing a data set does this thousands of times: V8 has compiled it by then.
    for (let i = 0; i < 30; i++) await ours();
    const dropped = dropFromPageCache([raw]);
    const cold = await measureInTurn(works, { rounds: 9, prepare: () => dropFromPageCache([raw]) });
    const bytes =
      read && before
        ? `${megabytes(read.asked - before.asked)} asked for, ${megabytes(read.fromDisk - before.fromDisk)} from the disk (goal ≤ 10 MB)`
        : 'bytes not counted on this system';
    const warm = await measureInTurn(works, { rounds: 9 });
    const work = 'the chunk of one nodule from a .raw of 512×512×300';
    const rivalName = 'the whole scan as float32, NumPy';
    return [
      {
        work: `${work}, ${dropped ? 'page cache dropped' : 'in the page cache: no dd that drops it'}`,
        ours: cold.ours!,
        rival: cold.theirs,
        rivalName,
        goal: '≥ 20x',
        note: bytes,
      },
      { work: `${work}, in the page cache`, ours: warm.ours!, rival: warm.theirs, rivalName },
    ];
  } finally {
    await rm(root, { recursive: true });
  }
}

/** One scan of noise with a nodule of 8 mm in its middle; returns where the voxels are. */
async function writeScan(root: string): Promise<string> {
  const folder = path.join(root, 'subset0');
  await mkdir(folder);
  const data = Int16Array.from(
    { length: size[0] * size[1] * size[2] },
    (_, voxel) => (Math.imul(voxel, 2654435761) >> 21) - 24,
  );
  const geometry = { size, spacing: [0.7, 0.7, 1], origin: [0, 0, 0], direction: identityDirection } as const;
  await writeVolume(path.join(folder, `${seriesUid}.mhd`), {
    geometry,
    voxels: toVoxels(data, size.toReversed()),
  });
  const nodule = { seriesUid, centerWorld: indexToWorld(geometry, [200, 300, 150]), diameterMm: 8 };
  await writeFile(path.join(root, 'annotations.csv'), formatAnnotations([nodule]));
  return path.join(folder, `${seriesUid}.raw`);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
