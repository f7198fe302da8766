import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { formatBytes, type Progress } from './progress.ts';
import { type Ended, lastLines, runProgram } from './run-program.ts';
import { watchFolder } from './watch-folder.ts';

interface DownloadOptions {
  /** pip's platform tags, best first; the machine's own if there are none. */
  readonly platforms?: readonly string[];
  /** An existing empty folder for pip's temporary files. */
  readonly scratch: string;
  /** Size of what comes, if it is known. */
  readonly bytes?: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: Progress | undefined;
}

/** How to get what is missing, by platform. */
const installPython =
  'install it (Debian, Ubuntu: apt install python3-pip; Fedora: dnf install python3-pip; macOS: brew install python), or name a wheel or a site-packages folder with --from';

/**
 * Lets the user's own pip, as it is configured, download wheels into a folder, and returns their paths.
 *
 * The wheels are those of CPython 3.11, whichever Python runs pip: only their C libraries are used.
 */
export async function downloadWheels(
  requirements: readonly string[],
  into: string,
  { platforms = [], scratch, bytes, signal, onProgress }: DownloadOptions,
): Promise<string[]> {
  const what = requirements.join(', ');
  const args = [
    '-m',
    'pip',
    'download',
    '--disable-pip-version-check',
    '--no-input',
    '--progress-bar',
    'off',
  ];
  args.push(
    '--no-deps',
    '--only-binary=:all:',
    '--python-version',
    '3.11',
    '--implementation',
    'cp',
    '--abi',
    'cp311',
  );
  // cp311 alone would leave out the wheels for every Python, as NVIDIA's are.
  args.push(
    '--abi',
    'none',
    ...platforms.flatMap((tag) => ['--platform', tag]),
    '--dest',
    into,
    ...requirements,
  );
  onProgress?.(`Downloading ${what}`);
  const watch = watchFolder(scratch, (sofar) => {
    onProgress?.(
      `Downloading ${what}: ${formatBytes(sofar)}${bytes === undefined ? '' : ` of ${formatBytes(bytes)}`}`,
    );
  });
  let ended: Ended | undefined;
  try {
    // pip's temporary files are then ours to remove, also after a kill.
    ended = await runProgram('python3', args, { env: { TMPDIR: scratch }, signal });
  } finally {
    watch.stop();
  }
  if (ended === undefined) throw new Error(`Cannot download ${what}: there is no python3; ${installPython}`);
  if (ended.code !== 0) {
    if (/No module named '?pip\b/.test(ended.stderr)) {
      throw new Error(`Cannot download ${what}: this python3 has no pip; ${installPython}`);
    }
    const cut = /Wheel .* is invalid/.test(ended.stderr) ? ', what came was cut short or damaged' : '';
    throw new Error(
      `Cannot download ${what}: pip ended with ${ended.code}${cut}; run this again, or name a wheel with --from; pip said:${lastLines(ended.stderr)}`,
    );
  }
  const names = (await readdir(into)).filter((name) => name.endsWith('.whl'));
  return names.map((name) => join(into, name)).sort();
}
