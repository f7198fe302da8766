/** An int16 volume small enough to check by eye. */
export interface TinyVolume {
  geometry: {
    size: [x: number, y: number, z: number];
    spacing: [x: number, y: number, z: number];
    origin: [x: number, y: number, z: number];
    direction: [number, number, number, number, number, number, number, number, number];
  };
  voxels: {
    data: Int16Array;
    shape: number[];
    stride: number[];
    offset: number;
    get(...zyx: number[]): number;
    set(...zyxAndValue: [...zyx: number[], value: number]): number;
  };
}

/**
 * Builds an int16 volume whose voxel at `[x, y, z]` is `valueAt(x, y, z)`: by default `100 z + 10 y + x`, so that a
 * value tells where it came from.
 *
 * @example
 * ```ts
 * tinyVolume([3, 3, 3]).voxels.get(2, 1, 0); // 210
 * ```
 */
export function tinyVolume(
  size: readonly [x: number, y: number, z: number],
  valueAt: (x: number, y: number, z: number) => number = (x, y, z) => 100 * z + 10 * y + x,
  geometry: Partial<Omit<TinyVolume['geometry'], 'size'>> = {},
): TinyVolume {
  const [width, height, depth] = size;
  const data = new Int16Array(width * height * depth);
  const at = (z: number, y: number, x: number): number => (z * height + y) * width + x;
  for (let z = 0; z < depth; z++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) data[at(z, y, x)] = valueAt(x, y, z);
    }
  }
  return {
    geometry: {
      size: [...size],
      spacing: [1, 1, 1],
      origin: [0, 0, 0],
      direction: [1, 0, 0, 0, 1, 0, 0, 0, 1],
      ...geometry,
    },
    voxels: {
      data,
      shape: [depth, height, width],
      stride: [height * width, width, 1],
      offset: 0,
      get: (z = 0, y = 0, x = 0) => data[at(z, y, x)]!,
      set: (...zyxAndValue) => {
        const [z = 0, y = 0, x = 0, value = 0] = zyxAndValue;
        data[at(z, y, x)] = value;
        return value;
      },
    },
  };
}
