import { basename } from 'node:path';
import type { Luna16Scan } from '@lunet/io/node';
import { fingerprintScans } from '@lunet/train';
import { describeScans } from '../scans/luna16-scans.ts';
import type { ModelFile, RunRecord } from '../scans/open-model.ts';

/**
 * Warns of scans that flatter a model: those that it was, or may have been, trained on, and those that its best weights
 * were chosen on.
 *
 * @param scans all that are there.
 * @param selected those that are evaluated.
 */
export function warnOfModel(
  scans: readonly Luna16Scan[],
  selected: readonly Luna16Scan[],
  { run, path }: Pick<ModelFile, 'run' | 'path'>,
): string[] {
  if (run === undefined)
    return ['there is no config.json beside the weights: these scans may have been trained on'];
  const warnings: string[] = [];
  const { seen, isCertain } = trainedOn(scans, selected, run);
  if (seen.length > 0) {
    warnings.push(
      isCertain
        ? `WARNING: the model was trained on ${describeScans(seen)} of these; scores on them say nothing about new scans`
        : `WARNING: it is not known whether the model was trained on ${describeScans(seen)} of these; ` +
            'if it was, scores on them say nothing about new scans',
    );
  }
  const trainedWith = new Set(seen);
  const chosenOn = selected.filter(
    (scan) => run.validationScans.includes(scan.seriesUid) && !trainedWith.has(scan),
  );
  if (basename(path) === 'best.safetensors' && chosenOn.length > 0) {
    const which = chosenOn.length === selected.length ? 'these scans' : `${chosenOn.length} of these scans`;
    warnings.push(`the best weights were chosen on ${which}: another fold would be a stricter test`);
  }
  return warnings;
}

/** The scans that were trained on; where the run does not list them, those that it did not hold out. */
function trainedOn(
  scans: readonly Luna16Scan[],
  selected: readonly Luna16Scan[],
  { fold, trainingScans, validationScans, training }: RunRecord,
): { readonly seen: readonly Luna16Scan[]; readonly isCertain: boolean } {
  if (trainingScans) {
    const trained = new Set(trainingScans);
    return { seen: selected.filter(({ seriesUid }) => trained.has(seriesUid)), isCertain: true };
  }
  const heldOut = new Set(fold === 'none' ? [] : validationScans);
  const others = (all: readonly Luna16Scan[]) => all.filter(({ seriesUid }) => !heldOut.has(seriesUid));
  return { seen: others(selected), isCertain: fingerprintScans(others(scans)) === training };
}
