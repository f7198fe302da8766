import type { SpecRun } from './run-specs.ts';
import type { SpecResult } from './spec-result.ts';

/** Specs of one file that are known to fail, and why that is right or bearable. */
export interface Skip {
  readonly reason: string;
  readonly file: string;
  readonly specs: readonly string[];
}

/** What a run is worth beside the list of specs that are known to fail. */
export interface Judgement {
  readonly passed: number;
  /** Specs that fail and are not listed. */
  readonly failed: readonly SpecResult[];
  /** Specs that fail as listed, or that tfjs-core itself switches off. */
  readonly skipped: readonly { readonly result: SpecResult; readonly reason: string }[];
  /** Listed specs that pass, or that there are none of. */
  readonly stale: readonly { readonly file: string; readonly name: string; readonly why: string }[];
}

/** Compares results with the list; entries of files that did not run are left alone. */
export function judgeSpecs({ results }: SpecRun, skips: readonly Skip[]): Judgement {
  const reasons = new Map<string, string>();
  for (const { file, specs, reason } of skips) for (const name of specs) reasons.set(key(file, name), reason);
  const byKey = new Map(results.map((result) => [key(result.file, result.name), result]));
  const files = new Set(results.map(({ file }) => file));

  const failed: SpecResult[] = [];
  const skipped: { result: SpecResult; reason: string }[] = [];
  for (const result of results) {
    if (result.status === 'passed') continue;
    const reason =
      result.status === 'pending' ? 'switched off by tfjs-core' : reasons.get(key(result.file, result.name));
    if (reason === undefined) failed.push(result);
    else skipped.push({ result, reason });
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
