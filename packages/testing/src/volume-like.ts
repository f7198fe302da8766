/** A volume as `@lunet/io` defines it, by its shape alone: io's own tests use this package. */
export interface VolumeLike {
  readonly geometry: {
    readonly size: readonly number[];
    readonly spacing: readonly number[];
    readonly origin: readonly number[];
    readonly direction: readonly number[];
  };
  readonly voxels: {
    readonly data: ArrayLike<number | bigint>;
    /** `[z, y, x]` or `[z, y, x, channel]`; the data lies in that order. */
    readonly shape: readonly number[];
  };
}
