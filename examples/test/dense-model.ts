import { startEngine } from '@lunet/engine';
import { buildUnet, readWeights, saveSafetensors, writeWeights } from '@lunet/unet';

/**
 * Weights of a U-Net that calls a voxel nodule exactly if it is of `lowestHounsfield` or more: what it must find in a scan
 * can be told without it. Its probabilities rise with the HU.
 */
export async function denseModel(lowestHounsfield: number): Promise<Uint8Array> {
  await startEngine({ prefer: 'cpu' });
  const model = buildUnet({ filters: 4, depth: 2 });
  const weights = readWeights(model);
  for (const [name, { data }] of weights) if (/kernel|bias|beta|Mean/.test(name)) data.fill(0);
  const set = (name: string, place: number, value: number) => {
    weights.get(name)!.data[place] = value;
  };
  // The image's own normalisation: 0 at 10 HU below the limit, 1 at 190 above.
  weights.get('norm.movingMean')!.data.fill(lowestHounsfield - 10);
  weights.get('norm.movingVariance')!.data.fill(200 ** 2);
  // The middle slice goes through the upper level's convolutions as it is, by the skip connection.
  set('down.0.conv.0.kernel', centreTap(7, 4, 3), 1);
  set('down.0.conv.1.kernel', centreTap(4, 4, 0), 1);
  set('up.0.conv.0.kernel', centreTap(8, 4, 4), 1);
  set('up.0.conv.1.kernel', centreTap(4, 4, 0), 1);
  set('head.kernel', 0, 4);
  set('head.bias', 0, (-4 * 9.5) / 200);
  writeWeights(model, weights);
  return saveSafetensors(model);
}

/** Place in a 3×3 kernel `[row, column, in, out]` of the weight from an input channel to output channel 0. */
function centreTap(inputs: number, outputs: number, input: number): number {
  return (4 * inputs + input) * outputs;
}
