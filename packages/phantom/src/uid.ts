import { createRandom } from './random.ts';

/**
 * A series UID of its own for a seed: dotted decimals of at most 64 characters under `2.25`, the root that DICOM
 * (PS3.5 B.2) sets aside for generated UIDs, so that no phantom passes for a patient.
 */
export function phantomUid(seed: number): string {
  const random = createRandom(seed, 'uid');
  let digits = String(1 + random.int(2));
  while (digits.length < 39) digits += String(random.int(10));
  return `2.25.${digits}`;
}
