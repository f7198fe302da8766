import { identityDirection } from '../src/geometry.ts';
import { toVoxels, type Volume } from '../src/volume.ts';

/** A body of soft tissue with two lungs, in noise of 20 HU: it deflates to about half of its size. */
export function makeScan(size: readonly [x: number, y: number, z: number]): Volume<Int16Array> {
  const [width, height, depth] = size;
  let state = 1;
  // Numerical Recipes' generator; its high bits are good enough for a benchmark.
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const slice = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [u, v] = [(2 * x) / width - 1, (2 * y) / height - 1];
      const inLung = Math.hypot((Math.abs(u) - 0.41) / 0.27, v / 0.43) < 1;
      slice[y * width + x] = Math.hypot(u / 0.86, v / 0.63) > 1 ? -1000 : inLung ? -850 : 40;
    }
  }
  // Noise is drawn once and shifted from slice to slice.
  const noise = Float32Array.from(
    { length: 3 * width * height },
    () => 40 * (random() + random() + random() - 1.5),
  );
  const data = new Int16Array(width * height * depth);
  for (let z = 0; z < depth; z++) {
    const shift = Math.floor(2 * random() * width * height);
    for (let i = 0; i < slice.length; i++) {
      data[z * slice.length + i] = Math.max(-1024, Math.round(slice[i]! + noise[shift + i]!));
    }
  }
  const geometry = { size, spacing: [0.7, 0.7, 1], origin: [0, 0, 0], direction: identityDirection } as const;
  return { geometry, voxels: toVoxels(data, [depth, height, width]) };
}
