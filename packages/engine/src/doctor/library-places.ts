import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import type { Environment } from '../install/cache-folder.ts';
import { tensorflowFolder } from '../install/installed-tensorflow.ts';
import { ask } from './ask.ts';

/** Where a library was found; the first two are where the loader looks by itself. */
export type LibraryOrigin = 'LD_LIBRARY_PATH' | 'system' | 'install' | 'pip' | 'conda' | 'toolkit';

/** Places that CUDA libraries may lie in. */
export interface LibraryPlaces {
  /** The folders of LD_LIBRARY_PATH. */
  readonly loaderPath: readonly string[];
  /** The loader's cache: path by soname. */
  readonly loaderCache: ReadonlyMap<string, string>;
  /** Folders that the loader does not look into, best first. */
  readonly others: readonly LibraryFolder[];
  /** What is wrong with a place, and what to do. */
  readonly problems: readonly string[];
}

interface LibraryFolder {
  readonly origin: LibraryOrigin;
  readonly folder: string;
  /** Release of CUDA that the folder is of, where its name says so. */
  readonly cuda?: number | undefined;
}

/** Asks the loader, the user's Python, the installation, conda and the toolkits of `/usr/local`. */
export async function findLibraryPlaces(env: Environment = process.env, root = '/'): Promise<LibraryPlaces> {
  const [cache, sitePackages] = await Promise.all([ask('ldconfig', ['-p'], withSbin(env)), pythonPath(env)]);
  const others: LibraryFolder[] = [
    ...installedFolders(tensorflowFolder(env)),
    ...sitePackages.flatMap((folder) => wheelFolders(folder)),
    ...(env.CONDA_PREFIX ? [{ origin: 'conda', folder: join(env.CONDA_PREFIX, 'lib') } as const] : []),
    ...toolkitFolders(root),
  ];
  return {
    loaderPath: (env.LD_LIBRARY_PATH ?? '').split(delimiter).filter((folder) => folder !== ''),
    loaderCache: new Map(cache.ok ? parseLdconfig(cache.stdout) : []),
    others,
    problems: sitePackages.flatMap((folder) => mixedWheels(folder)),
  };
}

/** Reads `ldconfig -p`: path by soname for this machine's own architecture; the first of two is what the loader takes. */
export function parseLdconfig(text: string, arch: string = process.arch): Map<string, string> {
  const abi = { x64: 'x86-64', arm64: 'AArch64' }[arch];
  const paths = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = /^\s+(\S+) \(([^)]*)\) => (.+)$/.exec(line);
    if (match === null) continue;
    const [, soname, flags, path] = match as unknown as [string, string, string, string];
    if (abi !== undefined && !flags.split(/,\s*/).includes(abi)) continue;
    if (!paths.has(soname)) paths.set(soname, path);
  }
  return paths;
}

/** Folders of libraries that pip's `nvidia-*` wheels unpack to: `nvidia/<part>/lib`. */
function wheelFolders(sitePackages: string, origin: LibraryOrigin = 'pip'): LibraryFolder[] {
  const releases = wheelReleases(sitePackages);
  return list(join(sitePackages, 'nvidia'))
    .map((part) => {
      const [cuda, ...further] = releases.get(part) ?? [];
      const folder = join(sitePackages, 'nvidia', part, 'lib');
      return { origin, folder, cuda: further.length === 0 ? cuda : undefined };
    })
    .filter(({ folder }) => existsSync(folder));
}

/** The same in an installation, which keeps what it unpacked one folder deeper or not. */
function installedFolders(folder: string): LibraryFolder[] {
  const folders = [folder, ...list(folder).map((name) => join(folder, name))];
  return folders.flatMap((name) => wheelFolders(name, 'install'));
}

/** Releases of CUDA whose wheels pip has installed, by part. */
function wheelReleases(sitePackages: string): Map<string, number[]> {
  const releases = new Map<string, number[]>();
  for (const name of list(sitePackages)) {
    const match = /^nvidia_(\w+)_cu(\d+)-.*\.dist-info$/.exec(name);
    if (match === null) continue;
    const [, part, release] = match as unknown as [string, string, string];
    releases.set(part, [...(releases.get(part) ?? []), Number(release)].sort());
  }
  return releases;
}

/** Wheels of CUDA 11 and 12 in one folder overwrite each other's files: two sonames are the same in both. */
function mixedWheels(sitePackages: string): string[] {
  const releases = wheelReleases(sitePackages);
  const mixed = [releases.get('cusolver'), releases.get('curand')].find((found) => (found?.length ?? 0) > 1);
  if (mixed === undefined) return [];
  return [
    `${sitePackages} holds the nvidia wheels of CUDA ${mixed.join(' and ')}, which overwrite each other's libcusolver.so.11 and libcurand.so.10: keep each in a venv of its own`,
  ];
}

/** The folders that the user's Python imports from. */
async function pythonPath(env: Environment): Promise<string[]> {
  const venv = env.VIRTUAL_ENV ? [join(env.VIRTUAL_ENV, 'bin', 'python')] : [];
  const programs = env.LUNET_PYTHON ? [env.LUNET_PYTHON] : [...venv, 'python3', 'python'];
  for (const program of programs) {
    const answer = await ask(program, ['-c', 'import json, sys; print(json.dumps(sys.path))'], env);
    if (!answer.ok) continue;
    try {
      const folders: unknown = JSON.parse(answer.stdout);
      if (Array.isArray(folders))
        return folders.filter((folder) => typeof folder === 'string' && folder !== '');
    } catch {
      // Printed something else: no Python.
    }
  }
  return [];
}

function toolkitFolders(root: string): LibraryFolder[] {
  const local = join(root, 'usr/local');
  return list(local)
    .filter((name) => /^cuda(-\d+(\.\d+)?)?$/.test(name))
    .sort()
    .reverse()
    .map((name) => join(local, name, 'lib64'))
    .filter((folder) => existsSync(folder))
    .map((folder) => {
      const release = /^cuda-(\d+)/.exec(basename(realpathSync(dirname(folder))))?.[1];
      return { origin: 'toolkit', folder, cuda: release === undefined ? undefined : Number(release) };
    });
}

function withSbin(env: Environment): Environment {
  return { ...env, PATH: [env.PATH, '/usr/sbin', '/sbin'].filter(Boolean).join(delimiter) };
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
