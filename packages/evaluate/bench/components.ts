import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { identityDirection, type Volume } from '@lunet/io';
import { findPython, measure, type Row, runPython } from '@lunet/testing/bench';
import { type Candidate, findCandidates } from '../src/candidates/find-candidates.ts';
import { findComponents } from '../src/candidates/find-components.ts';
import { makeProbabilities } from './make-probabilities.ts';

const size = [512, 512, 300] as const;
const threshold = 0.5;
const cases = [
  { name: 'balls and vessels', options: { seed: 1 } },
  { name: 'and 2 % of noise', options: { seed: 2, noise: 0.02 } },
];

/** Connected components and their centres, 26 neighbours, of two 512×512×300 predictions: beside SciPy's. */
export async function rows(): Promise<Row[]> {
  const python = findPython();
  const all: Row[] = [];
  for (const { name, options } of cases) {
    const voxels = makeProbabilities(size, options);
    const geometry = {
      size,
      spacing: [0.7, 0.7, 1],
      origin: [0, 0, 0],
      direction: identityDirection,
    } as const;
    const prediction: Volume<Float32Array> = { geometry, voxels };
    // Nothing can be faster than to read the volume once; this search for what is not there does nothing else.
    const read = await measure(() => voxels.data.indexOf(2));
    const runs = await measure(() => findComponents(voxels, { threshold }));
    const found = await measure(() => findCandidates(prediction, { threshold, probability: 'peak' }), {
      rounds: 3,
    });
    const large = await measure(() => findCandidates(prediction, { threshold, minimumDiameterMm: 3 }));
    const merged = await measure(() =>
      findCandidates(prediction, { threshold, minimumDiameterMm: 3, mergeWithinMm: 5 }),
    );
    const theirs = python === undefined ? undefined : await rival(python, voxels.data, found.result);

    const above = runs.result.starts.reduce((sum, start, run) => sum + runs.result.ends[run]! - start, 0);
    const what = `${((100 * above) / voxels.data.length).toFixed(1)} % above the threshold, ${runs.result.count.toLocaleString('en')} components`;
    const limit = `reading the volume once takes ${read.ms.toFixed(0)} ms`;
    all.push(
      {
        work: `components and centres: ${name}`,
        ours: found.ms,
        rival: theirs?.allMs,
        rivalName: 'scipy label + center_of_mass',
        goal: '≥ 3x',
        note: `${what}; ${limit}; ${theirs ? 'same components and centres' : 'not compared'}`,
      },
      {
        work: `components alone: ${name}`,
        ours: runs.ms,
        rival: theirs?.labelMs,
        rivalName: 'scipy label',
        note: limit,
      },
      {
        work: `candidates of 3 mm or more: ${name}`,
        ours: large.ms,
        note: `${large.result.length} candidates`,
      },
      {
        work: `and merged within 5 mm: ${name}`,
        ours: merged.ms,
        note: `${merged.result.length} candidates`,
      },
    );
  }
  return all;
}

interface Rival {
  readonly labelMs: number;
  readonly allMs: number;
  readonly count: number;
  readonly voxels: number;
}

/** Runs SciPy on the same bytes and holds its components against ours. */
async function rival(python: string, data: Float32Array, candidates: readonly Candidate[]): Promise<Rival> {
  const folder = await mkdtemp(join(tmpdir(), 'lunet-bench-'));
  try {
    const [volume, centers] = [join(folder, 'volume.f32'), join(folder, 'centers.f64')];
    await writeFile(volume, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    const [width, height, depth] = size;
    const args = [volume, depth, height, width, threshold, 3, centers].map(String);
    const result = (await runPython(python, new URL('components.py', import.meta.url), args)) as Rival;
    check(result, candidates, new Float64Array((await readFile(centers)).buffer));
    return result;
  } finally {
    await rm(folder, { recursive: true });
  }
}

function check({ count, voxels }: Rival, candidates: readonly Candidate[], centers: Float64Array): void {
  const ours = candidates.reduce((sum, candidate) => sum + candidate.voxels, 0);
  if (candidates.length !== count || ours !== voxels) {
    throw new Error(
      `Cannot compare: we find ${candidates.length} components of ${ours} voxels, SciPy ${count} of ${voxels}`,
    );
  }
  for (const [i, { centerIndex }] of candidates.entries()) {
    for (const axis of [0, 1, 2] as const) {
      const theirs = centers[3 * i + axis]!;
      // Both sum in float64, in another order.
      if (Math.abs(centerIndex[axis] - theirs) < 1e-6) continue;
      throw new Error(`Cannot compare: centre ${i} is ${centerIndex}, SciPy's ${axis}. coordinate ${theirs}`);
    }
  }
}
