/** A scan that could not be evaluated. */
export interface FailedScan {
  readonly seriesUid: string;
  /** Annotated in it, and in no score. */
  readonly nodules: number;
  readonly message: string;
}

/**
 * Warns of scans that no score counts.
 *
 * @param scans how many there are, with the failed ones.
 */
export function warnOfFailures(failed: readonly FailedScan[], scans: number): string[] {
  if (failed.length === 0) return [];
  const nodules = failed.reduce((sum, scan) => sum + scan.nodules, 0);
  return [
    `WARNING: ${failed.length} of ${scans} scans failed; ${nodules} nodule${nodules === 1 ? ' is' : 's are'} annotated ` +
      'there, which no score counts',
  ];
}
