import { type Engine, startEngine } from '@lunet/engine';
import { type Candidate, findCandidates, predictSlices } from '@lunet/evaluate';
import {
  decodeMetaImage,
  type Geometry,
  type Index,
  indexToWorld,
  toVoxels,
  type Volume,
  worldToIndex,
} from '@lunet/io';
import { countPixels, dlwptLoss, type Scores, scoresOf, weightedDice } from '@lunet/losses';
import { rasterizeSpheres } from '@lunet/masks';
import { fullSlice } from '@lunet/patches';
import { loadSafetensors } from '@lunet/unet';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers';

/** What the page computed, as JSON. */
export interface PageResult {
  readonly engine: Pick<Engine, 'name' | 'threads'>;
  readonly geometry: Geometry;
  readonly hounsfield: number[];
  /** Where the nodule's centre lies. */
  readonly index: Index;
  readonly mask: number[];
  readonly candidates: Candidate[];
  /** What the network sees of the nodule's slice. */
  readonly image: number[];
  /** Probabilities of that slice, by the model's format. */
  readonly predictions: { readonly safetensors: number[]; readonly tfjs: number[] };
  readonly scores: Scores;
  readonly losses: { readonly weightedDice: number; readonly dlwpt: number };
}

/** Fetches a scan and a model from `base`, marks a nodule, predicts its slice and scores that: in Node as in a page. */
export async function runPage(base: string, prefer: 'auto' | 'wasm' = 'auto'): Promise<PageResult> {
  const { name, threads } = await startEngine({ prefer });
  const volume = (await decodeMetaImage(await fetchBytes(`${base}/scan.mha`))) as Volume<Int16Array>;
  const { geometry, voxels } = volume;
  const nodule = { centerWorld: indexToWorld(geometry, [7.5, 6, 4]), diameterMm: 8 };
  const index = worldToIndex(geometry, nodule.centerWorld);
  const mask = rasterizeSpheres(geometry, [nodule]) as Volume<Uint8Array>;

  const z = Math.round(index[2]);
  const [width, height] = geometry.size;
  const labels = mask.voxels.data.subarray(z * width * height, (z + 1) * width * height);
  const ours = loadSafetensors(await fetchBytes(`${base}/model.safetensors`));
  const probability = await predictSlice(ours, volume, z);
  const theirs = await loadLayersModel(`${base}/model.json`);

  return {
    engine: { name, threads },
    geometry,
    hounsfield: [...voxels.data],
    index,
    mask: [...mask.voxels.data],
    candidates: findCandidates(dotted(mask), { mergeWithinMm: 2.5, minimumDiameterMm: 3 }),
    image: [...fullSlice(volume, z)],
    predictions: {
      safetensors: [...probability],
      tfjs: [...(await predictSlice(theirs, volume, z))],
    },
    scores: scoresOf(countPixels(labels, probability)),
    losses: lossesOf([...labels], probability, [1, height, width, 1]),
  };
}

/** A prediction out of a mask: probabilities that differ, and every fourth column missing. */
function dotted({ geometry, voxels }: Volume<Uint8Array>): Volume<Float32Array> {
  const data = Float32Array.from(voxels.data, (value, i) =>
    i % 4 === 0 ? 0.1 : value * (0.6 + (i % 7) / 20),
  );
  return { geometry, voxels: toVoxels(data, voxels.shape) };
}

async function fetchBytes(url: string): Promise<Uint8Array> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`Cannot fetch ${url}: status ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

async function predictSlice(
  model: LayersModel,
  volume: Volume<Int16Array>,
  z: number,
): Promise<Float32Array> {
  for await (const { probability } of predictSlices(model, volume, { slices: [z] })) return probability;
  throw new Error(`Cannot predict slice ${z}: nothing came back`);
}

function lossesOf(
  labels: number[],
  probability: Float32Array,
  shape: [number, number, number, number],
): PageResult['losses'] {
  return tf.tidy(() => {
    const truth = tf.tensor4d(labels, shape);
    const prediction = tf.tensor4d(probability, shape);
    return {
      weightedDice: weightedDice(truth, prediction).dataSync()[0]!,
      dlwpt: dlwptLoss(truth, prediction).dataSync()[0]!,
    };
  });
}
