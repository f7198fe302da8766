import { io } from '@tensorflow/tfjs-core';
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers';

/** The two files of tfjs' own model format; served side by side, `tf.loadLayersModel('…/model.json')` opens them. */
export interface TfjsFiles {
  readonly 'model.json': string;
  readonly 'weights.bin': Uint8Array;
}

/**
 * Saves a model in tfjs' own format, in memory; it holds standard layers only, so no lunet is needed to open it.
 *
 * @example
 * ```ts
 * const files = await saveTfjs(model);
 * for (const [name, content] of Object.entries(files)) await writeFile(name, content);
 * ```
 */
export async function saveTfjs(model: LayersModel): Promise<TfjsFiles> {
  let artifacts: io.ModelArtifacts | undefined;
  await model.save(
    io.withSaveHandler(async (saved) => {
      artifacts = saved;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  const { weightData, weightSpecs, ...description } = artifacts!;
  return {
    'model.json': JSON.stringify({
      ...description,
      weightsManifest: [{ paths: ['weights.bin'], weights: weightSpecs }],
    }),
    'weights.bin': new Uint8Array(io.CompositeArrayBuffer.join(weightData)),
  };
}

/**
 * Opens a model in tfjs' own format from memory.
 *
 * @throws {SyntaxError} if `model.json` is not JSON.
 */
export async function loadTfjs(files: TfjsFiles): Promise<LayersModel> {
  const json = JSON.parse(files['model.json']) as io.ModelJSON;
  const artifacts = await io.getModelArtifactsForJSON(json, async (manifest) => {
    const specs = manifest.flatMap((group) => group.weights);
    return [specs, new Uint8Array(files['weights.bin']).buffer];
  });
  return loadLayersModel(io.fromMemory(artifacts));
}
