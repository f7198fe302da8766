export { buildUnet, unetOptions } from './build-unet.ts';
export { resolveUnetOptions, type UnetConfig, type UnetOptions } from './config.ts';
export { checkInputSize, halo, receptiveField, sizeDivisor } from './receptive-field.ts';
export { decodeSafetensors, encodeSafetensors, type NamedTensor, type Safetensors } from './safetensors.ts';
export { loadTfjs, saveTfjs, type TfjsFiles } from './tfjs-files.ts';
export { loadSafetensors, loadWeights, readWeights, saveSafetensors, writeWeights } from './weights.ts';
