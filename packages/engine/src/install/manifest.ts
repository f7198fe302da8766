/** A file of the installation, by its path inside it. */
export interface InstalledFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** A wheel that was unpacked, and who vouches for it. */
export interface WheelRecord {
  readonly name: string;
  readonly sha256: string;
  readonly checked: string;
}

/** What `install` writes last, as `manifest.json`: without it there is no installation. */
export interface Manifest {
  readonly format: 1;
  /** Date and time of the installation, ISO 8601. */
  readonly installed: string;
  readonly tensorflow: {
    readonly version: string;
    readonly gpu: boolean;
    /** Where it came from, for people. */
    readonly source: string;
  };
  readonly tfjsNode: { readonly version: string; readonly source: string };
  readonly compiler: string;
  /** The compiled binding, inside the installation. */
  readonly binding: string;
  /** tfjs-node's package folder, inside the installation. */
  readonly package: string;
  readonly wheels: readonly WheelRecord[];
  /** What the user named by `--from`, as an absolute path. */
  readonly from?: string;
  /** All files but this one. */
  readonly files: readonly InstalledFile[];
}

export const manifestName = 'manifest.json';

/** @throws {SyntaxError} if the text is not a manifest that this version wrote. */
export function parseManifest(text: string): Manifest {
  const value = JSON.parse(text) as Partial<Manifest> | null;
  if (typeof value !== 'object' || value?.format !== 1) {
    throw new SyntaxError(`its ${manifestName} has format ${value?.format}, expected 1`);
  }
  const { binding, tensorflow, files } = value;
  const known =
    isInside(binding) &&
    isInside(value.package) &&
    typeof tensorflow?.version === 'string' &&
    typeof tensorflow.gpu === 'boolean' &&
    Array.isArray(files) &&
    files.every((file) => isInside(file.path) && Number.isSafeInteger(file.bytes));
  if (!known) throw new SyntaxError(`its ${manifestName} lacks fields`);
  return value as Manifest;
}

function isInside(path: unknown): path is string {
  return typeof path === 'string' && path !== '' && !path.startsWith('/') && !path.split('/').includes('..');
}
