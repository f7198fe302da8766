// Whether the loader keeps ahead of the fastest engine: crops a second that it gives while nobody trains, beside those
// that a training on it takes, and how long the training waits for them.
import { adam, startEngine } from '@lunet/engine';
import { dlwptLoss } from '@lunet/losses';
import { type Batch, type Chunk, defaultChunkSize, referenceAugmentation } from '@lunet/patches';
import { createLoader } from '@lunet/patches/node';
import { median, type Row } from '@lunet/testing/bench';
import { buildUnet } from '@lunet/unet';
import { createTrainStep } from '../src/train-step.ts';

const rounds = 5;
const seconds = 2;
const batchSize = 16;
const numWorkers = 2;

export async function rows(): Promise<Row[]> {
  const { name, threads } = await startEngine();
  const chunks = Array.from({ length: 64 }, (_, k) => makeChunk(k));
  const settings = { batchSize, numWorkers, augmentation: referenceAugmentation, samplesPerNodule: 20_000 };
  const all: Row[] = [];
  for (const filters of [16, 8]) {
    await using loader = createLoader({ size: defaultChunkSize, chunks }, { ...settings, seed: 1 });
    const batches = loader.epoch(0);
    const model = buildUnet({ filters, seed: 1 });
    const optimizer = adam(1e-3);
    const step = createTrainStep(model, dlwptLoss, optimizer);
    let waited = 0;
    const take = async (work: (batch: Batch) => unknown): Promise<void> => {
      const start = performance.now();
      const { value } = (await batches.next()) as IteratorYieldResult<Batch>;
      waited += performance.now() - start;
      await work(value);
      value.release();
    };
    const [given, taken, waits]: [number[], number[], number[]] = [[], [], []];
    for (let round = 0; round <= rounds; round++) {
      const alone = await perSecond(() => take(() => {}));
      waited = 0;
      const training = await perSecond(() => take(step));
      // The first round warms up.
      if (round === 0) continue;
      given.push(alone * batchSize);
      taken.push(training * batchSize);
      waits.push(waited / (seconds * training));
    }
    model.dispose();
    optimizer.dispose();
    all.push({
      work: `loader beside a training with ${filters} filters, ${numWorkers} workers`,
      ours: median(given),
      rival: median(taken),
      rivalName: `${name} engine, ${threads} threads`,
      unit: 'crops/s',
      goal: '≥ 4x',
      note: `a step waits ${median(waits).toFixed(2)} of its ${((1000 * batchSize) / median(taken)).toFixed(0)} ms for its batch`,
    });
  }
  return all;
}

/** How often some work is done in a second. */
async function perSecond(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  let done = 0;
  while (performance.now() < start + seconds * 1000) {
    await work();
    done++;
  }
  return (1000 * done) / (performance.now() - start);
}

/** A nodule of ten slices in striped tissue. */
function makeChunk(stripe: number): Chunk {
  const { slices, rows, columns } = defaultChunkSize;
  const labelSlices = 10;
  const image = new Int16Array(new SharedArrayBuffer(2 * (labelSlices + slices - 1) * rows * columns));
  const label = new Uint8Array(new SharedArrayBuffer(labelSlices * rows * columns));
  for (let i = 0; i < image.length; i++) image[i] = ((i * 31 + stripe * 997) % 2001) - 1000;
  for (let i = 0; i < label.length; i++) {
    const [row, column] = [Math.floor(i / columns) % rows, i % columns];
    label[i] = Math.hypot(row - rows / 2, column - columns / 2) < 8 ? 1 : 0;
  }
  return { seriesUid: '1.2.3', kind: 'nodule', centerWorld: [0, 0, 0], image, label, labelSlices };
}
