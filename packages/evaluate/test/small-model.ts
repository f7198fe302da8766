import { buildUnet } from '@lunet/unet';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/** Three slices in, and a start of 50 %, so that every voxel shows in the output. */
export function smallModel(): LayersModel {
  return buildUnet({
    inputChannels: 3,
    filters: 2,
    depth: 2,
    initialForegroundProbability: 0.5,
    inputNormalisation: false,
    seed: 7,
  });
}
