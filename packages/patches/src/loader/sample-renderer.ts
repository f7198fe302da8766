import type { ChunkSet, ChunkVoxels } from '../chunks/chunk.ts';
import type { Crop, CropSize } from '../crop/crop.ts';
import { cropAt } from '../crop/crop-at.ts';
import { type CropKernels, startCropKernels } from '../crop/crop-kernels.ts';
import { normalQuantiles } from '../crop/normal-quantiles.ts';
import { readStoredSlab } from '../store/read-stored.ts';
import type { Sample } from './sample.ts';

type Part = 'slab' | 'slabLabel' | 'pixels' | 'image' | 'label' | 'scratch' | 'quantiles';

/**
 * Renders the samples of a set in WebAssembly, to the very numbers of {@link cropAt} and `resampleCrop`.
 *
 * Holds memory for one sample, a few times the size of a chunk.
 */
export class SampleRenderer {
  /** Elements of a sample's image. */
  readonly values: number;
  /** Elements of its label. */
  readonly pixels: number;
  readonly #set: ChunkSet;
  readonly #crop: CropSize;
  readonly #kernels: CropKernels<Part>;
  /** Voxels and labels that a sample sees, `[slices, rows, columns]` and `[rows, columns]`. */
  readonly #slab: Int16Array;
  readonly #slabLabel: Uint8Array;
  readonly #out: Crop;

  constructor(set: ChunkSet, crop: CropSize) {
    const { slices, rows, columns } = set.size;
    const plane = rows * columns;
    const pixels = crop.rows * crop.columns;
    // A pixel has its slices, its label, and as much again as makes it a multiple of 4 floats.
    const lanes = 4 * (Math.floor(slices / 4) + 1);
    const quantiles = normalQuantiles();
    const kernels = startCropKernels<Part>({
      slab: 2 * slices * plane,
      slabLabel: plane,
      // Pixels are brought side by side four at a time.
      pixels: 4 * lanes * (plane + 3),
      image: 4 * pixels * slices,
      label: 4 * pixels,
      scratch: 32,
      quantiles: quantiles.byteLength,
    });
    const { memory, at } = kernels;
    new Float32Array(memory, at.quantiles).set(quantiles);
    this.values = pixels * slices;
    this.pixels = pixels;
    this.#set = set;
    this.#crop = crop;
    this.#kernels = kernels;
    this.#slab = new Int16Array(memory, at.slab, slices * plane);
    this.#slabLabel = new Uint8Array(memory, at.slabLabel, plane);
    this.#out = {
      image: new Float32Array(memory, at.image, this.values),
      label: new Float32Array(memory, at.label, pixels),
    };
  }

  /**
   * Writes a sample's image and label.
   *
   * @throws {RangeError} if the set has no such chunk, the sample leaves it, or its store is damaged.
   */
  render(sample: Sample, { image, label }: Crop): void {
    const { chunks, size } = this.#set;
    const chunk = chunks[sample.chunk];
    if (!chunk) {
      throw new RangeError(
        `Cannot render a sample of chunk ${sample.chunk}: the set has ${chunks.length} chunks`,
      );
    }
    const { row, column, affine, noise } = sample;
    const isStored = 'files' in chunk;
    const voxels = isStored ? readStoredSlab(chunk, size, sample.slice) : chunk;
    const slice = isStored ? 0 : sample.slice;
    if (affine) this.#resample(voxels, slice, affine);
    else cropAt(voxels, size, { slice, row, column, ...this.#crop }, this.#out);
    if (noise) this.#addNoise(noise);
    image.set(this.#out.image);
    label.set(this.#out.label);
  }

  #resample(voxels: ChunkVoxels, slice: number, affine: NonNullable<Sample['affine']>): void {
    if (!(slice >= 0 && slice < voxels.labelSlices)) {
      throw new RangeError(
        `Cannot resample label slice ${slice}: the chunk has ${voxels.labelSlices} label slices`,
      );
    }
    const { slices, rows, columns } = this.#set.size;
    const { at, interleave, resample } = this.#kernels;
    const plane = rows * columns;
    this.#slab.set(voxels.image.subarray(slice * plane, (slice + slices) * plane));
    this.#slabLabel.set(voxels.label.subarray(slice * plane, (slice + 1) * plane));
    interleave(at.slab, at.slabLabel, plane, slices, at.pixels);
    const crop = this.#crop;
    const source = [at.pixels, rows, columns, slices] as const;
    resample(...source, at.image, at.label, crop.rows, crop.columns, ...affine, at.scratch);
  }

  #addNoise({ sigma, state }: NonNullable<Sample['noise']>): void {
    const { at, addNoise } = this.#kernels;
    const [s01, s00, s11, s10] = state as [number, number, number, number];
    addNoise(at.image, this.values, at.quantiles, sigma, s01, s00, s11, s10);
  }
}
