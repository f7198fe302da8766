// FROC with 1,000 bootstrap resamples of 50,000 marks in 888 scans, beside the same rules in NumPy (froc.py) on the same
// marks; stops if the two curves differ.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { World } from '@lunet/io';
import { findPython, measure, type Row, runPython } from '@lunet/testing/bench';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { bootstrapFroc } from '../src/froc/bootstrap-froc.ts';
import { type FrocScan, froc, sensitivityAt } from '../src/froc/froc.ts';

const RESAMPLES = 1000;

export async function rows(): Promise<Row[]> {
  const scans = drawScans({ scans: 888, marks: 50_000, nodules: 1186, excluded: 35_192, seed: 1 });
  const ours = await measure(() => {
    const score = froc(scans);
    return { score, band: bootstrapFroc(score, { seed: 1, resamples: RESAMPLES }) };
  });
  const sample = drawScans({ scans: 888, marks: 551_065, nodules: 1186, excluded: 35_192, seed: 2 });
  const uncapped = await measure(() => froc(sample, { maximumMarks: Infinity }), { rounds: 3 });

  const rival = await runRival(scans);
  if (rival !== undefined) {
    const { score, band } = ours.result;
    for (const [name, count] of Object.entries(rival.counts)) {
      assert.equal(score[name as 'candidates'], count, name);
    }
    assert.deepEqual(score.points.threshold, rival.threshold);
    assertClose(score.points.falsePositivesPerScan, rival.falsePositivesPerScan, 1e-12);
    assertClose(score.points.sensitivity, rival.sensitivity, 1e-12);
    assertClose(sensitivityAt(score), rival.sensitivityAt, 1e-12);
    // Two generators: means and bounds of 1,000 resamples differ by chance.
    for (const [i, key] of (['mean', 'lower', 'upper'] as const).entries()) {
      assertClose(band[key], rival.band[i]!, 0.01);
    }
  }
  return [
    {
      work: `FROC and ${RESAMPLES} bootstraps, 50,000 marks`,
      ours: ours.ms,
      rival: rival && rival.scoreMs + rival.bootstrapMs,
      rivalName: 'the rules in NumPy',
      goal: '≥ 20x',
      note: 'one pass a resample, down to 8 false positives a scan',
    },
    {
      work: 'FROC without a cap, 551,065 marks, 35,192 findings',
      ours: uncapped.ms,
      note: 'sorting the marks by height, then by probability',
    },
  ];
}

interface Rival {
  scoreMs: number;
  bootstrapMs: number;
  counts: Record<string, number>;
  falsePositivesPerScan: number[];
  sensitivity: number[];
  threshold: number[];
  sensitivityAt: number[];
  band: number[][];
}

async function runRival(scans: readonly FrocScan[]): Promise<Rival | undefined> {
  const python = findPython();
  if (python === undefined) return undefined;
  const folder = await mkdtemp(path.join(tmpdir(), 'lunet-froc-'));
  try {
    const file = path.join(folder, 'scans.json');
    const spheres = (all: FrocScan['nodules']) => all.map((one) => [...one.centerWorld, one.diameterMm]);
    const plain = scans.map(({ nodules, excluded = [], marks }) => ({
      nodules: spheres(nodules),
      excluded: spheres(excluded),
      marks: marks.map((mark) => [...mark.centerWorld, mark.probability]),
    }));
    await writeFile(file, JSON.stringify(plain));
    return (await runPython(python, new URL('froc.py', import.meta.url), [file, `${RESAMPLES}`])) as Rival;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Scans as large as LUNA16's, where four of five nodules are marked and nodules tend to be more probable. */
function drawScans(size: { scans: number; marks: number; nodules: number; excluded: number; seed: number }) {
  const generator = xoroshiro128plus(size.seed);
  const random = (): number => (generator.next() >>> 0) / 2 ** 32;
  const place = (): World => [random() * 300 - 150, random() * 250 - 125, random() * 300 - 150];
  const scans = Array.from({ length: size.scans }, (_, i) => ({
    seriesUid: `scan-${i}`,
    nodules: [] as { centerWorld: World; diameterMm: number }[],
    excluded: [] as { centerWorld: World; diameterMm: number }[],
    marks: [] as { centerWorld: World; probability: number }[],
  }));
  const anyScan = () => scans[Math.floor(random() * scans.length)]!;
  for (let nodule = 0; nodule < size.nodules; nodule++) {
    const [x, y, z] = place();
    const scan = anyScan();
    scan.nodules.push({ centerWorld: [x, y, z], diameterMm: 3 + 20 * random() ** 2 });
    if (random() < 0.8) scan.marks.push({ centerWorld: [x + 1, y, z], probability: 1 - random() ** 2 });
  }
  for (let finding = 0; finding < size.excluded; finding++) {
    anyScan().excluded.push({ centerWorld: place(), diameterMm: random() < 0.87 ? -1 : 3 + 10 * random() });
  }
  let marks = scans.reduce((sum, scan) => sum + scan.marks.length, 0);
  for (; marks < size.marks; marks++) {
    anyScan().marks.push({ centerWorld: place(), probability: random() ** 3 });
  }
  return scans;
}

function assertClose(actual: readonly number[], expected: readonly number[], tolerance: number): void {
  assert.equal(actual.length, expected.length);
  for (const [i, value] of actual.entries()) {
    assert.ok(Math.abs(value - expected[i]!) <= tolerance, `value ${i}: ${value} against ${expected[i]}`);
  }
}
