import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Real data beside a checkout, not part of it: tests that need it are skipped by name without. */
export const sharedData: string = fileURLToPath(new URL('../../../../shared/data', import.meta.url));

export const hasSharedData: boolean = existsSync(path.join(sharedData, 'README.md'));

/** What to append to the name of a suite that is skipped without the data. */
export const unlessShared: string = hasSharedData ? '' : ' (skipped: no ../shared/data beside this checkout)';
