import { type EngineName, startEngine } from '@lunet/engine';
import { toVoxels, type Volume, type VoxelArray } from '@lunet/io';
import { generateScan } from '@lunet/phantom';
import { median, type Row } from '@lunet/testing/bench';
import { buildUnet, loadSafetensors, saveSafetensors } from '@lunet/unet';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { type PredictOptions, predictScan } from '../src/index.ts';

/** What the rows are given for: LUNA16's usual depth. Fewer slices are measured, and each of them takes as long. */
const scanSlices = 300;
const slabSlices = 8;
const rounds = 3;

const variants: readonly { name: string; options: PredictOptions; needsLung?: boolean }[] = [
  { name: 'whole slices', options: {} },
  { name: 'tiles of 256', options: { tile: 256 } },
  { name: 'tiles of 128', options: { tile: 128 } },
  { name: 'whole slices, flips', options: { flips: true } },
  { name: 'whole slices, lung mask', options: {}, needsLung: true },
  { name: 'tiles of 128, lung mask', options: { tile: 128 }, needsLung: true },
];

/**
 * The reference network on a phantom's slab of 512×512, for each engine: what a scan of 300 slices takes, and how much
 * of it is spent outside the network.
 */
export async function rows(): Promise<Row[]> {
  const { volume, lungMask } = generateScan({
    seed: 5,
    size: [512, 512, 24],
    spacing: 0.7,
    sliceSpacing: 1.25,
  });
  // The middle of the chest, where each slice has lung and the lung is widest.
  const slab = cropSlices(volume, 8, slabSlices);
  const lung = cropSlices(lungMask, 8, slabSlices);
  await startEngine({ prefer: 'wasm' });
  const model = buildUnet({ preset: 'dlwpt', seed: 1 });
  const weights = saveSafetensors(model);
  const runs = variants.map(({ options, needsLung }) => ({ ...options, ...(needsLung && { lung }) }));
  const timings = await timePredictions(model, slab, runs);
  const whole = timings[0]!.sliceMs;
  const all: Row[] = variants.map(({ name }, i) => ({
    ...scanRow('wasm', name, timings[i]!, `${slabSlices} slices measured`),
    ...(i > 0 && { rival: whole * scanSlices, rivalName: 'our whole slices' }),
  }));
  model.dispose();

  // A whole slice would take plain JavaScript minutes.
  const side = 64;
  const middle = cropMiddle(slab, side);
  await startEngine({ prefer: 'cpu' });
  const onCpu = loadSafetensors(weights);
  const [{ sliceMs, outside }] = (await timePredictions(onCpu, middle, [{}])) as [Timing];
  const scaled = { sliceMs: sliceMs * (512 / side) ** 2, outside };
  all.push(scanRow('cpu', 'whole slices', scaled, `${side}×${side}×1 measured, times the area`));
  onCpu.dispose();
  await startEngine({ prefer: 'wasm' });
  return all;
}

interface Timing {
  readonly sliceMs: number;
  /** Share of the time in which no model ran. */
  readonly outside: number;
}

function scanRow(engine: EngineName, name: string, { sliceMs, outside }: Timing, measured: string): Row {
  const perMinute = 60_000 / (sliceMs * scanSlices);
  return {
    work: `predictScan of 512×512×${scanSlices}, ${engine}: ${name}`,
    ours: sliceMs * scanSlices,
    goal: '≤ 10 % outside the network',
    note: `${(100 * outside).toFixed(1)} % outside; ${(1000 / sliceMs).toPrecision(3)} slices/s, ${perMinute.toPrecision(3)} scans/min; ${measured}`,
  };
}

/** Medians over the rounds; each round runs all options, so that a busy moment of the machine meets them alike. */
async function timePredictions(
  model: LayersModel,
  volume: Volume<Int16Array>,
  options: readonly PredictOptions[],
): Promise<Timing[]> {
  const clock = clockModel(model);
  const samples = options.map(() => [] as { total: number; network: number }[]);
  try {
    for (let round = 0; round <= rounds; round++) {
      for (const [i, one] of options.entries()) {
        const before = clock.ms;
        const start = performance.now();
        await predictScan(model, volume, one);
        // The first round runs before V8 has compiled everything for speed.
        if (round > 0) samples[i]!.push({ total: performance.now() - start, network: clock.ms - before });
      }
    }
  } finally {
    clock.stop();
  }
  return samples.map((all) => ({
    sliceMs: median(all.map(({ total }) => total)) / volume.geometry.size[2],
    outside: median(all.map(({ total, network }) => 1 - network / total)),
  }));
}

/** Counts the time from a model's call until its output has been read. */
function clockModel(model: LayersModel): { readonly ms: number; stop(): void } {
  const { predict } = model;
  let ms = 0;
  model.predict = (...args) => {
    const start = performance.now();
    const output = predict.apply(model, args) as Tensor;
    const data = output.data;
    output.data = (async () => {
      const values = await data.call(output);
      ms += performance.now() - start;
      return values;
    }) as typeof output.data;
    return output;
  };
  return {
    get ms() {
      return ms;
    },
    stop() {
      model.predict = predict;
    },
  };
}

function cropSlices<T extends Int16Array | Uint8Array>(
  volume: Volume<T>,
  from: number,
  count: number,
): Volume<T> {
  const [width, height] = volume.geometry.size;
  const pixels = width * height;
  const data = volume.voxels.data.slice(from * pixels, (from + count) * pixels) as T;
  return withVoxels(volume, data, [count, height, width]);
}

/** One slice's middle. */
function cropMiddle(volume: Volume<Int16Array>, side: number): Volume<Int16Array> {
  const [width, height] = volume.geometry.size;
  const data = new Int16Array(side * side);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      data[y * side + x] = volume.voxels.get(0, ((height - side) >> 1) + y, ((width - side) >> 1) + x);
    }
  }
  return withVoxels(volume, data, [1, side, side]);
}

function withVoxels<T extends VoxelArray>(
  volume: Volume,
  data: T,
  shape: [number, number, number],
): Volume<T> {
  const [depth, height, width] = shape;
  return { geometry: { ...volume.geometry, size: [width, height, depth] }, voxels: toVoxels(data, shape) };
}
