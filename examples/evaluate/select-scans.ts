import type { Luna16, Luna16Problem, Luna16Scan } from '@lunet/io/node';
import type { ModelFile, RunRecord } from '../scans/open-model.ts';
import type { EvaluateModelOptions } from './evaluate-luna16-options.ts';
import { warnOfModel } from './model-warnings.ts';

/** The scans that are evaluated, and those that should be but cannot be opened. */
export interface SelectedScans {
  /** Sorted by series UID. */
  readonly scans: readonly Luna16Scan[];
  readonly broken: readonly Luna16Problem[];
  /** For people. */
  readonly name: string;
  readonly warnings: readonly string[];
}

/**
 * Selects the scans of some folds, or those that a run held out, and warns of what flatters the score.
 *
 * @throws {Error} if there are none, or it is not known which were held out.
 */
export function selectScans(
  { scans, problems }: Luna16,
  fold: EvaluateModelOptions['fold'],
  model: Pick<ModelFile, 'run' | 'path'>,
): SelectedScans {
  const { run } = model;
  const { isSelected, name } = selection(fold, run);
  const selected = scans.filter((scan) => isSelected(scan));
  const broken = problems.filter(
    ({ kind, seriesUid, fold }) =>
      (kind === 'missing-data' || kind === 'unreadable') && isSelected({ seriesUid: seriesUid!, fold }),
  );
  if (selected.length === 0 && broken.length > 0) {
    throw new Error(
      `Cannot evaluate ${name}: none of ${broken.length} can be opened; the first: ${broken[0]!.message}`,
    );
  }
  if (selected.length === 0) {
    const folds = [...new Set(scans.map((scan) => scan.fold ?? 'none'))].sort();
    throw new Error(
      fold === 'held-out'
        ? `Cannot evaluate: none of the run's ${run!.validationScans.length} held-out scans is in --data; name --fold, or "all"`
        : `Cannot evaluate: no scan is in ${name}; there are folds ${folds.join(', ')}`,
    );
  }
  const warnings = warnOfModel(scans, selected, model);
  const absent = fold === 'held-out' ? run!.validationScans.length - selected.length - broken.length : 0;
  if (absent > 0)
    warnings.push(`${absent} of the run's ${run!.validationScans.length} held-out scans are not in --data`);
  const outside = selected.reduce((sum, scan) => sum + scan.outside.length, 0);
  if (outside > 0) {
    warnings.push(
      `${outside} annotated nodule${outside === 1 ? ' lies outside its scan and counts' : 's lie outside their scans and count'} as missed`,
    );
  }
  return { scans: selected, broken, name, warnings };
}

interface FoundScan {
  readonly seriesUid: string;
  readonly fold: number | undefined;
}

function selection(
  fold: EvaluateModelOptions['fold'],
  run: RunRecord | undefined,
): { readonly isSelected: (scan: FoundScan) => boolean; readonly name: string } {
  if (fold === 'all') return { isSelected: () => true, name: 'all scans' };
  if (fold !== 'held-out') {
    const name = fold.length === 1 ? `fold ${fold[0]}` : `folds ${fold.join(', ')}`;
    return { isSelected: (scan) => scan.fold !== undefined && fold.includes(scan.fold), name };
  }
  if (run === undefined) {
    throw new Error(
      'Cannot tell which scans were held out: there is no config.json beside the weights; name --fold, or "all"',
    );
  }
  const heldOut = new Set(run.validationScans);
  return { isSelected: ({ seriesUid }) => heldOut.has(seriesUid), name: 'held-out scans' };
}
