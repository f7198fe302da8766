/** A file on a package index whose bytes are known. */
export interface PinnedWheel {
  readonly requirement: string;
  /** Platform tags for pip. */
  readonly platforms: readonly string[];
  readonly sha256: string;
  readonly bytes: number;
}

/** Version of TensorFlow that is fetched if none is at hand. */
export const tensorflowVersion = '2.21.0';

/**
 * The wheels of `tensorflow-cpu` that are fetched without `--from`, by platform; the C library is the same for every Python,
 * so one Python's wheel does. Digests of 2026-11-23.
 */
export const pinnedWheels: Readonly<Record<string, PinnedWheel>> = {
  'linux-x64': {
    requirement: `tensorflow-cpu==${tensorflowVersion}`,
    platforms: ['manylinux_2_27_x86_64'],
    sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
    bytes: 273_829_956,
  },
};

/** The one version of tfjs-node whose kernels fit tfjs-core 4.22.0, with npm's digest of it. */
export const tfjsNode: { readonly version: string; readonly integrity: string } = {
  version: '4.22.0',
  integrity:
    'sha512-uHrXeUlfgkMxTZqHkESSV7zSdKdV0LlsBeblqkuKU9nnfxB1pC6DtoyYVaLxznzZy7WQSegjcohxxCjAf6Dc7w==',
};
