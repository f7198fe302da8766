import type { Geometry, Nodule } from '@lunet/io';
import { assertChunkSize } from '../chunks/chunk.ts';
import { resolveSettings, type ScanSettings } from '../chunks/collect-scan.ts';
import type { NegativeSource } from '../chunks/negative-centers.ts';

/** A scan of a store. */
export interface StoredScan {
  readonly seriesUid: string;
  readonly fold: number | undefined;
  readonly geometry: Geometry;
  readonly nodules: readonly Nodule[];
  /** Of the scan's files, its rows in the CSV files and the settings: what its chunks follow from. */
  readonly fingerprint: string;
  /** Nodules and negatives that the scan did not yield. */
  readonly problems: readonly string[];
  /** Why the scan gave no chunks at all; undefined for one that was read. */
  readonly failure: string | undefined;
}

/** What store.json says. */
export interface StoreManifest {
  readonly settings: Required<ScanSettings>;
  /** The LUNA16 folder, relative to the store's; undefined if that was not told. */
  readonly source: string | undefined;
  readonly scans: readonly StoredScan[];
}

/** What store.json says it is of. */
export const storeFormat = 'lunet chunk store';
const version = 1;

/** Writes store.json: settings first, then a scan a line. */
export function formatManifest({ settings, source, scans }: StoreManifest): string {
  const { chunk, seed, negativesPerScan, negativeSources } = settings;
  const head = {
    format: storeFormat,
    version,
    chunk,
    seed,
    negativesPerScan,
    negativeSources,
    source: source ?? null,
  };
  const rows = scans.map(({ seriesUid, fold, geometry, nodules, fingerprint, problems, failure }) =>
    JSON.stringify({
      seriesUid,
      fold: fold ?? null,
      fingerprint,
      status: failure === undefined ? 'prepared' : 'failed',
      ...(failure !== undefined && { failure }),
      ...(problems.length > 0 && { problems }),
      geometry,
      nodules: nodules.map(({ centerWorld, diameterMm }) => ({ centerWorld, diameterMm })),
    }),
  );
  const lines = Object.entries(head).map(
    ([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)},`,
  );
  return `{\n${lines.join('\n')}\n  "scans": [${rows.map((row) => `\n    ${row}`).join(',')}\n  ]\n}\n`;
}

/**
 * Reads store.json.
 *
 * @param name what errors call the file.
 * @throws {SyntaxError} if it is no manifest of this version.
 */
export function parseManifest(text: string, name: string): StoreManifest {
  const refuse = (why: string): never => {
    throw new SyntaxError(`Cannot read ${name}: ${why}`);
  };
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new SyntaxError(`Cannot read ${name}: it is no JSON`, { cause });
  }
  const given = fieldsOf(json) ?? refuse('it is no JSON object');
  if (given.format !== storeFormat) refuse(`it describes no chunk store: format is ${show(given.format)}`);
  if (given.version !== version) {
    refuse(`it is of version ${show(given.version)}, expected ${version}; prepare the store again`);
  }
  const { slices, rows, columns } = fieldsOf(given.chunk) ?? refuse(`chunk is ${show(given.chunk)}`);
  const chunk = { slices: slices as number, rows: rows as number, columns: columns as number };
  const sources = given.negativeSources;
  const isSources =
    Array.isArray(sources) && sources.every((source) => ['candidates', 'lung', 'tissue'].includes(source));
  if (!isSources) refuse(`negativeSources is ${show(sources)}`);
  const settings = {
    seed: given.seed as number,
    negativesPerScan: given.negativesPerScan as number,
    negativeSources: sources as NegativeSource[],
    chunk,
  };
  try {
    assertChunkSize(chunk);
    resolveSettings(settings);
  } catch (cause) {
    throw new SyntaxError(`Cannot read ${name}: ${(cause as Error).message}`, { cause });
  }
  const { source } = given;
  if (source !== null && typeof source !== 'string') refuse(`source is ${show(source)}`);
  if (!Array.isArray(given.scans)) refuse('it has no list of scans');
  const scans = (given.scans as unknown[]).map(
    (scan, i) => parseScan(scan) ?? refuse(`scan ${i + 1} is malformed: ${show(scan)}`),
  );
  return { settings, source: source === null ? undefined : (source as string), scans };
}

function parseScan(json: unknown): StoredScan | undefined {
  const scan = fieldsOf(json);
  const geometry = fieldsOf(scan?.geometry);
  if (!scan || !geometry || !Array.isArray(scan.nodules)) return undefined;
  const { seriesUid, fold, fingerprint, status, failure, problems = [] } = scan;
  const { size, spacing, origin, direction } = geometry;
  const nodules = scan.nodules.map(fieldsOf);
  const isSound =
    typeof seriesUid === 'string' &&
    (fold === null || (Number.isSafeInteger(fold) && (fold as number) >= 0)) &&
    typeof fingerprint === 'string' &&
    (status === 'prepared' ? failure === undefined : status === 'failed' && typeof failure === 'string') &&
    Array.isArray(problems) &&
    problems.every((problem) => typeof problem === 'string') &&
    areNumbers(size, 3) &&
    areNumbers(spacing, 3) &&
    areNumbers(origin, 3) &&
    areNumbers(direction, 9) &&
    nodules.every((nodule) => areNumbers(nodule?.centerWorld, 3) && Number.isFinite(nodule?.diameterMm));
  if (!isSound) return undefined;
  return {
    seriesUid,
    fold: (fold as number | null) ?? undefined,
    geometry: { size, spacing, origin, direction } as unknown as Geometry,
    nodules: nodules.map((nodule) => ({ seriesUid, ...nodule }) as Nodule),
    fingerprint,
    problems,
    failure: failure as string | undefined,
  };
}

function fieldsOf(json: unknown): Record<string, unknown> | undefined {
  const isObject = typeof json === 'object' && json !== null && !Array.isArray(json);
  return isObject ? (json as Record<string, unknown>) : undefined;
}

function areNumbers(json: unknown, count: number): boolean {
  return Array.isArray(json) && json.length === count && json.every(Number.isFinite);
}

function show(json: unknown): string {
  return (JSON.stringify(json) ?? 'missing').slice(0, 80);
}
