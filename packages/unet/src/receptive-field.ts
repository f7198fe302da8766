import { resolveUnetOptions, type UnetOptions } from './config.ts';
import { imageName, type UnetLayer, unetLayers } from './topology.ts';

type Interval = readonly [low: number, high: number];

/** Height and width must be multiples of this: one halving for each level but the last. */
export function sizeDivisor(options: UnetOptions = {}): number {
  return 2 ** (resolveUnetOptions(options).depth - 1);
}

/** The pixels of a layer's input that its output pixels `low…high` depend on, along one axis. */
function inputInterval(layer: UnetLayer, [low, high]: Interval): Interval {
  switch (layer.kind) {
    case 'conv':
      return [low - (layer.size - 1) / 2, high + (layer.size - 1) / 2];
    case 'pool':
      return [2 * low, 2 * high + 1];
    case 'transposed':
      return [Math.floor(low / 2), Math.floor(high / 2)];
    case 'resize':
      return [
        Math.floor(low / 2),
        layer.interpolation === 'bilinear' ? Math.ceil(high / 2) : Math.floor(high / 2),
      ];
    default:
      return [low, high];
  }
}

/** The image pixels that output pixel `x` depends on, walking the layers backwards. */
function imageInterval(layers: readonly UnetLayer[], x: number): Interval {
  const needed = new Map<string, Interval>([[layers.at(-1)!.name, [x, x]]]);
  for (const layer of layers.toReversed()) {
    const [low, high] = inputInterval(layer, needed.get(layer.name)!);
    for (const input of layer.inputs) {
      const known = needed.get(input) ?? [low, high];
      needed.set(input, [Math.min(known[0], low), Math.max(known[1], high)]);
    }
  }
  return needed.get(imageName)!;
}

/** The image intervals of every output pixel within one period of the pooling grid, relative to that pixel. */
function reaches(options: UnetOptions): Interval[] {
  const layers = unetLayers(resolveUnetOptions(options));
  return Array.from({ length: sizeDivisor(options) }, (_, x) => {
    const [low, high] = imageInterval(layers, x);
    return [low - x, high - x];
  });
}

/**
 * Width in pixels of the widest image square that one output pixel depends on.
 *
 * @example
 * ```ts
 * receptiveField({ preset: 'dlwpt' }); // 44
 * ```
 */
export function receptiveField(options: UnetOptions = {}): number {
  return Math.max(...reaches(options).map(([low, high]) => high - low + 1));
}

/**
 * Border in pixels that a tile needs on each side for its inside to equal the whole slice's output.
 *
 * It is the farthest reach to one side, rounded up to what the depth divides, so that tiles keep the pooling grid.
 *
 * @example
 * ```ts
 * halo({ preset: 'dlwpt' }); // 24
 * ```
 */
export function halo(options: UnetOptions = {}): number {
  const reach = Math.max(...reaches(options).map(([low, high]) => Math.max(-low, high)));
  const divisor = sizeDivisor(options);
  return Math.ceil(reach / divisor) * divisor;
}

/**
 * Checks that a network of these options takes images of this height and width.
 *
 * @throws {RangeError} if either is not a positive multiple of 2^(depth − 1).
 */
export function checkInputSize(options: UnetOptions, height: number, width: number): void {
  const divisor = sizeDivisor(options);
  if (height > 0 && width > 0 && height % divisor === 0 && width % divisor === 0) return;
  const { depth } = resolveUnetOptions(options);
  throw new RangeError(
    `Cannot run U-Net on ${height}x${width}: depth ${depth} needs height and width divisible by ${divisor}; pad or crop the image, or take a smaller depth`,
  );
}
