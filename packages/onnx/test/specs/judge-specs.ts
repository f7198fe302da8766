import type { SpecRun } from './run-specs.ts';
import type { SpecResult } from './spec-result.ts';

/** Specs of one file that are known to fail, and why that is right or bearable. */
export interface Skip {
  readonly reason: string;
  readonly file: string;
  readonly specs: readonly string[];
  /** What tfjs-core expects is itself wrong, as the reason shows; only so may a spec of recorded kernels alone be listed. */
  readonly upstream?: true;
}

/** What a run is worth beside the list of specs that are known to fail. */
export interface Judgement {
  readonly passed: number;
  /** Specs that fail and are not listed. */
  readonly failed: readonly SpecResult[];
  /** Specs that fail as listed, or that tfjs-core itself switches off. */
  readonly skipped: readonly {
    readonly result: SpecResult;
    readonly reason: string;
    readonly upstream?: true;
  }[];
  /** Listed specs that pass, or that there are none of. */
  readonly stale: readonly { readonly file: string; readonly name: string; readonly why: string }[];
}

/** Compares results with the list; entries of files that did not run are left alone. */
export function judgeSpecs({ results }: SpecRun, skips: readonly Skip[]): Judgement {
  const listed = new Map<string, Skip>();
  for (const skip of skips) for (const name of skip.specs) listed.set(key(skip.file, name), skip);
  const byKey = new Map(results.map((result) => [key(result.file, result.name), result]));
  const files = new Set(results.map(({ file }) => file));

  const failed: SpecResult[] = [];
  const skipped: Judgement['skipped'][number][] = [];
  for (const result of results) {
    if (result.status === 'pending') skipped.push({ result, reason: 'switched off by tfjs-core' });
    if (result.status !== 'failed') continue;
    const skip = listed.get(key(result.file, result.name));
    if (skip === undefined) failed.push(result);
    else skipped.push({ result, reason: skip.reason, ...(skip.upstream && { upstream: true }) });
  }
  const stale = skips.flatMap(({ file, specs }) =>
    specs.flatMap((name) => {
      const status = byKey.get(key(file, name))?.status;
      if (!files.has(file) || status === 'failed') return [];
      return [{ file, name, why: status ?? 'no such spec' }];
    }),
  );
  return { passed: results.filter(({ status }) => status === 'passed').length, failed, skipped, stale };
}

function key(file: string, name: string): string {
  return `${file} › ${name}`;
}
