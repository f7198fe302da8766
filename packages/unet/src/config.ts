/** How `buildUnet` lays out the network; every field has a default. */
export interface UnetOptions {
  /** `'dlwpt'`: the reference network of *Deep Learning with PyTorch*, 118,271 trainable weights; only `seed` may be added. */
  readonly preset?: 'dlwpt';
  /** Slices that come in as channels; default 7. */
  readonly inputChannels?: number;
  /** Channels of the first level; each deeper level has twice as many; default 16. */
  readonly filters?: number;
  /** Levels, the bottom one included; height and width must divide by 2^(depth − 1); default 3. */
  readonly depth?: number;
  /** 3×3 convolutions in a block; default 2. */
  readonly blockConvolutions?: number;
  /** 2×2 pooling between levels; default `'average'`. */
  readonly pooling?: 'average' | 'max';
  /** Way back up: a learnt 2×2 transposed convolution that halves the channels, or resizing that keeps them; default `'transposed'`. */
  readonly upsampling?: 'transposed' | 'nearest' | 'bilinear';
  /** Batch normalisation `'after'` the ReLU, `'before'` it, or `'none'`; default `'after'`. */
  readonly normalisation?: 'after' | 'before' | 'none';
  /** Share of the running statistics that survives a step (Keras' convention; PyTorch's is 1 − this); default 0.9. */
  readonly batchNormMomentum?: number;
  /** Added to the variance; default 1e-5. */
  readonly batchNormEpsilon?: number;
  /** Batch normalisation of the raw HU, so that images need no scaling; default true. */
  readonly inputNormalisation?: boolean;
  /**
   * Probability that the untrained network gives about every pixel, in (0, 1); default 0.01. The preset does not use it.
   *
   * The nearer to the share of nodule pixels, the sooner a Dice loss gets precise: docs/decisions/0005 has figures.
   */
  readonly initialForegroundProbability?: number;
  /** Integer in 0…2³²−1 that fixes the initial weights; left out, each build differs. */
  readonly seed?: number;
}

/** `UnetOptions` with every default filled in and every range checked; plain JSON. */
export type UnetConfig = Required<Omit<UnetOptions, 'preset' | 'seed'>> &
  Pick<UnetOptions, 'preset' | 'seed'>;

/** What `buildUnet` uses where an option is left out; also the reference's own constants. */
const defaults = {
  inputChannels: 7,
  filters: 16,
  depth: 3,
  blockConvolutions: 2,
  pooling: 'average',
  upsampling: 'transposed',
  normalisation: 'after',
  batchNormMomentum: 0.9,
  batchNormEpsilon: 1e-5,
  inputNormalisation: true,
  initialForegroundProbability: 0.01,
} as const satisfies UnetOptions;

type Check = readonly [isValid: (value: unknown) => boolean, expected: string];

const integer = (low: number, high: number): Check => [
  (value) => Number.isInteger(value) && (value as number) >= low && (value as number) <= high,
  `an integer in ${low}…${high}`,
];
const between = (low: number, high: number): Check => [
  (value) => typeof value === 'number' && value > low && value < high,
  `a number in (${low}, ${high})`,
];
const oneOf = (...values: readonly unknown[]): Check => [
  (value) => values.includes(value),
  `one of ${values.map((value) => `'${value}'`).join(', ')}`,
];

/** The upper bounds keep a description from a file from asking for an absurd network. */
const checks: Readonly<Record<keyof UnetOptions, Check>> = {
  preset: [(value) => value === undefined || value === 'dlwpt', "'dlwpt' or nothing"],
  inputChannels: integer(1, 4096),
  filters: integer(1, 4096),
  depth: integer(1, 12),
  blockConvolutions: integer(1, 16),
  pooling: oneOf('average', 'max'),
  upsampling: oneOf('transposed', 'nearest', 'bilinear'),
  normalisation: oneOf('after', 'before', 'none'),
  batchNormMomentum: [
    (value) => typeof value === 'number' && value >= 0 && value < 1,
    'a number of at least 0, below 1',
  ],
  batchNormEpsilon: between(0, 1),
  inputNormalisation: [(value) => typeof value === 'boolean', 'true or false'],
  initialForegroundProbability: between(0, 1),
  seed: [(value) => value === undefined || integer(0, 2 ** 32 - 1)[0](value), 'an integer in 0…4294967295'],
};

/**
 * Fills in the defaults and checks every option.
 *
 * @throws {RangeError} if a value is out of its range, or differs from what the preset fixes.
 * @throws {TypeError} if an option's name is unknown.
 * @example
 * ```ts
 * resolveUnetOptions({ filters: 8 }).depth; // 3
 * ```
 */
export function resolveUnetOptions(options: UnetOptions = {}): UnetConfig {
  const config: UnetConfig = { ...defaults, ...options };
  for (const [name, value] of Object.entries(config)) {
    if (!Object.hasOwn(checks, name))
      throw new TypeError(`Cannot build U-Net: no option is called '${name}'`);
    const [isValid, expected] = checks[name as keyof UnetOptions];
    if (!isValid(value)) {
      throw new RangeError(`Cannot build U-Net: ${name} is ${JSON.stringify(value)}; give ${expected}`);
    }
    if (options.preset && name in defaults && value !== defaults[name as keyof typeof defaults]) {
      throw new RangeError(
        `Cannot build U-Net: preset '${options.preset}' fixes ${name} at ${defaults[name as keyof typeof defaults]}, got ${value}; leave one of them out`,
      );
    }
  }
  return config;
}
