import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { CudaBuild, CudaLibrary } from './cuda-builds.ts';
import type { LibraryOrigin, LibraryPlaces } from './library-places.ts';

/** A library, and where it was found. */
export interface FoundLibrary extends CudaLibrary {
  readonly path: string | null;
  readonly origin: LibraryOrigin | null;
}

/** Looks for each library of a build: where the loader would find it by itself, then in the other places. */
export function findLibraries(build: CudaBuild, places: LibraryPlaces): FoundLibrary[] {
  return build.libraries.map((library) => ({ ...library, ...locate(library.soname, build.cuda, places) }));
}

function locate(
  soname: string,
  cuda: number,
  { loaderPath, loaderCache, others }: LibraryPlaces,
): Pick<FoundLibrary, 'path' | 'origin'> {
  for (const folder of loaderPath) {
    const path = join(folder, soname);
    if (existsSync(path)) return { path, origin: 'LD_LIBRARY_PATH' };
  }
  const cached = loaderCache.get(soname);
  if (cached !== undefined) return { path: cached, origin: 'system' };
  for (const { folder, origin, cuda: release } of others) {
    const path = join(folder, soname);
    // libcusolver.so.11 and libcurand.so.10 are in CUDA 11 and in CUDA 12, and not the same.
    if ((release ?? cuda) === cuda && existsSync(path)) return { path, origin };
  }
  return { path: null, origin: null };
}

/** Folders to put in front of LD_LIBRARY_PATH so that the loader finds all; none if it does already. */
export function foldersToAdd(libraries: readonly FoundLibrary[], { others }: LibraryPlaces): string[] {
  const hidden = libraries.filter(
    ({ origin }) => origin !== null && origin !== 'LD_LIBRARY_PATH' && origin !== 'system',
  );
  const folders = new Set(hidden.map(({ path }) => dirname(path!)));
  // cuDNN opens further wheels' libraries while it runs, such as NVRTC's: theirs are the folders beside.
  const wheels = new Set([...folders].filter(isWheelFolder).map((folder) => dirname(dirname(folder))));
  for (const { folder } of others) {
    if (isWheelFolder(folder) && wheels.has(dirname(dirname(folder)))) folders.add(folder);
  }
  return [...folders];
}

/** Whether a folder is a `nvidia/<part>/lib`. */
function isWheelFolder(folder: string): boolean {
  return basename(folder) === 'lib' && basename(dirname(dirname(folder))) === 'nvidia';
}
