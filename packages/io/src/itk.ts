import type { Image } from 'itk-wasm';
import { contiguous } from './contiguous.ts';
import { channelsOf } from './format-metaimage-header.ts';
import { type Geometry, identityDirection, type Matrix3 } from './geometry.ts';
import { toVoxels, type Volume, type VoxelArray } from './volume.ts';

/** The only place that loads itk-wasm, an optional peer of 60 MB: whoever reads MetaImage alone goes without it. */
const peers = {
  '@itk-wasm/image-io': () => import('@itk-wasm/image-io'),
  '@itk-wasm/dicom': () => import('@itk-wasm/dicom'),
};

/**
 * Reads a NRRD or NIfTI file.
 *
 * @throws {Error} if itk-wasm is not installed, or cannot read the file.
 */
export async function readWithItk(path: string): Promise<Volume> {
  const { readImageNode } = await loadPeer('@itk-wasm/image-io', `read ${path}`);
  return fromItk(await attempt(`read ${path}`, () => readImageNode(path)), path);
}

/**
 * Reads the files of one DICOM series, already sorted.
 *
 * @throws {Error} if itk-wasm is not installed, or cannot read the files.
 */
export async function readSeriesWithItk(paths: readonly string[], folder: string): Promise<Volume> {
  const { readImageDicomFileSeriesNode } = await loadPeer('@itk-wasm/dicom', `read ${folder}`);
  const options = { inputImages: [...paths], singleSortedSeries: true };
  const { outputImage } = await attempt(`read ${folder}`, () => readImageDicomFileSeriesNode(options));
  return fromItk(outputImage, folder);
}

/**
 * Writes a NRRD or NIfTI file, told by the extension.
 *
 * @throws {Error} if itk-wasm is not installed, or cannot write the file.
 */
export async function writeWithItk(path: string, volume: Volume, useCompression: boolean): Promise<void> {
  const { writeImageNode } = await loadPeer('@itk-wasm/image-io', `write ${path}`);
  await attempt(`write ${path}`, () => writeImageNode(toItk(volume), path, { useCompression }));
}

async function loadPeer<K extends keyof typeof peers>(
  name: K,
  action: string,
): Promise<Awaited<ReturnType<(typeof peers)[K]>>> {
  try {
    return (await peers[name]()) as Awaited<ReturnType<(typeof peers)[K]>>;
  } catch (cause) {
    const install = 'npm install itk-wasm@1.0.0-b.201 @itk-wasm/image-io@1.6.1 @itk-wasm/dicom@7.6.4';
    throw new Error(
      `Cannot ${action}: ${name} does not load, this format needs it; install it with: ${install}`,
      {
        cause,
      },
    );
  }
}

/** What itk-wasm throws is a pointer into its own memory or an empty message; what it found goes to the console. */
async function attempt<T>(action: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (cause) {
    const { message } = cause as Error;
    throw new Error(`Cannot ${action}: itk-wasm fails${message ? `, ${message}` : ''}`, { cause });
  }
}

function fromItk(image: Image, path: string): Volume {
  const { dimension, components } = image.imageType;
  if (dimension !== 2 && dimension !== 3) {
    throw new TypeError(`Cannot read ${path}: it has ${dimension} axes, expected 2 or 3`);
  }
  if (image.data === null) throw new Error(`Cannot read ${path}: itk-wasm gave no voxels`);
  const d = [...identityDirection];
  for (let row = 0; row < dimension; row++) {
    for (let axis = 0; axis < dimension; axis++) {
      d[row * 3 + axis] = Number(image.direction[row * dimension + axis]);
    }
  }
  const [x, y, z = 1] = image.size as [number, number, number?];
  const geometry: Geometry = {
    size: [x, y, z],
    spacing: [image.spacing[0]!, image.spacing[1]!, image.spacing[2] ?? 1],
    origin: [image.origin[0]!, image.origin[1]!, image.origin[2] ?? 0],
    direction: d as unknown as Matrix3,
  };
  // A copy: itk-wasm's array views shared memory, which structured clones and the DOM refuse.
  const data = image.data.slice() as VoxelArray;
  return { geometry, voxels: toVoxels(data, components === 1 ? [z, y, x] : [z, y, x, components]) };
}

function toItk(volume: Volume): Image {
  const { size, spacing, origin, direction } = volume.geometry;
  const components = channelsOf(volume);
  const data = contiguous(volume.voxels);
  return {
    imageType: {
      dimension: 3,
      componentType: data.constructor.name.replace(/^Big|Array$/g, '').toLowerCase() as 'int16',
      pixelType: components === 1 ? 'Scalar' : 'VariableLengthVector',
      components,
    },
    name: 'volume',
    origin: [...origin],
    spacing: [...spacing],
    direction: new Float64Array(direction),
    size: [...size],
    metadata: new Map(),
    data,
  };
}
