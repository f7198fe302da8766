import {
  applyThreshold,
  bestThreshold,
  bootstrapFroc,
  froc,
  lungHistograms,
  measureScan,
  pickThreshold,
  type ScanMeasurement,
  summarise,
} from '@lunet/evaluate';
import { type Size, toVoxels, type Volume, type World } from '@lunet/io';
import { lungOf, rasterizeSpheres, visitSphere } from '@lunet/masks';
import { generateScan, type PhantomScan } from '@lunet/phantom';
import { cutOut, type ReportData, type ReportScan, reportScan, type TrainingRow } from '@lunet/report';

/** How large a sample report is. */
interface SampleOptions {
  readonly seeds: readonly number[];
  readonly size: Size;
  readonly meanNodules: number;
}

/**
 * Evaluates a made-up prediction of phantom scans, which finds most nodules a little too large or too small, misses every
 * seventh and marks some vessels: all that a report shows, from the functions that fill real ones.
 */
export function sampleReport({ seeds, size, meanNodules }: SampleOptions): ReportData {
  let nodule = 0;
  const scans = seeds.map((seed) => {
    const scan = generateScan({ seed, size, meanNodules });
    const prediction = emptyPrediction(scan);
    for (const { centerWorld, diameterMm } of scan.nodules) {
      nodule++;
      if (nodule % 7 === 3) continue;
      const [x, y, z] = centerWorld;
      const shifted: World = [x + (nodule % 3) * 0.6 - 0.6, y - 0.4, z];
      mark(prediction, shifted, diameterMm * (0.8 + 0.12 * (nodule % 4)), 0.55 + ((nodule * 5) % 9) / 20);
    }
    const vessels = scan.candidates.filter(({ isNodule }) => !isNodule).slice(0, 2 + (seed % 5));
    for (const [i, { centerWorld }] of vessels.entries()) {
      mark(prediction, centerWorld, 4 + (i % 4), 0.52 + ((i * 7 + seed) % 8) / 24);
    }
    return { scan, prediction, truth: rasterizeSpheres(scan.volume.geometry, scan.nodules) };
  });

  const measured = scans.map(({ scan, prediction }) => measureScan(prediction, scan));
  const { threshold: candidateThreshold } = pickThreshold(measured, { falsePositivesPerScan: 2 });
  return {
    date: '2026-11-23',
    model: 'no model: a made-up prediction',
    data: { name: 'phantom scans', kind: 'phantoms', folds: `seeds ${seeds.join(', ')}` },
    details: { Engine: 'none', Seed: '1' },
    curve: curveOf(measured),
    summary: summarise(measured, { seed: 1, candidateThreshold }),
    baseline: baselineOf(scans.map(({ scan }) => scan)),
    training: madeUpTraining(),
    scans: scans.map(
      ({ scan, prediction, truth }, i): ReportScan =>
        reportScan(measured[i]!, {
          candidateThreshold,
          maximumFalsePositives: 2,
          cutOut: (centerWorld) => cutOut(scan.volume, { centerWorld, prediction, truth }),
        }),
    ),
  };
}

function emptyPrediction({ volume: { geometry, voxels } }: PhantomScan): Volume<Float32Array> {
  return { geometry, voxels: toVoxels(new Float32Array(voxels.data.length), voxels.shape) };
}

function mark({ geometry, voxels }: Volume<Float32Array>, centerWorld: World, diameterMm: number, p: number) {
  visitSphere(geometry, { centerWorld, diameterMm }, (z, y, xStart, xEnd) => {
    for (let x = xStart; x < xEnd; x++) voxels.set(z, y, x, Math.max(p, voxels.get(z, y, x)));
  });
}

function curveOf(measured: readonly ScanMeasurement[]): ReportData['curve'] {
  const score = froc(measured.map((scan) => ({ ...scan, marks: scan.candidates })));
  return { froc: score, band: bootstrapFroc(score, { seed: 1 }) };
}

function baselineOf(scans: readonly PhantomScan[]): NonNullable<ReportData['baseline']> {
  const truths = scans.map(({ volume, nodules }) => rasterizeSpheres(volume.geometry, nodules));
  const lungs = scans.map(({ lungMask }) => lungOf(lungMask));
  const threshold = bestThreshold(
    scans.map(({ volume }, i) => lungHistograms(volume, lungs[i]!, truths[i]!)),
  );
  const measured = scans.map((scan, i) =>
    measureScan(applyThreshold(scan.volume, lungs[i]!, threshold), scan),
  );
  return {
    name: `HU > ${threshold} in lung`,
    curve: curveOf(measured),
    summary: summarise(measured, { seed: 1 }),
  };
}

function madeUpTraining(): TrainingRow[] {
  const steps = Array.from({ length: 900 }, (_, i) => i + 1);
  return steps.flatMap((step) => {
    const loss = 0.25 + 0.75 * Math.exp(-step / 250) + 0.1 * Math.sin(step * 12.9898);
    const recall = 0.95 * (1 - Math.exp(-step / 220));
    const precision = 0.6 * (1 - Math.exp(-step / 500));
    const dice = (2 * recall * precision) / (recall + precision);
    const validation = { kind: 'validation', step, recall, precision, dice };
    return [{ kind: 'train', step, loss }, ...(step % 100 === 0 ? [validation] : [])];
  });
}
