import { realpath } from 'node:fs/promises';
import path from 'node:path';

/**
 * The real path of the file that holds a header's voxels.
 *
 * Unless `allowExternalData`, it must lie in the header's folder or under it, links followed: beside the header as it
 * was named, or beside the file that a linked header stands for. So a linked folder works, and so does a header linked
 * together with its data; a data file that alone is linked elsewhere is refused, like `..` and absolute paths.
 *
 * @throws {RangeError} if it lies elsewhere.
 * @throws {Error} with `cause` if there is no such file.
 */
export async function locateData(
  headerPath: string,
  dataFile: string,
  { allowExternalData }: { allowExternalData: boolean },
): Promise<string> {
  const folders = [...new Set([path.dirname(headerPath), path.dirname(await realpath(headerPath))])];
  const outside = (where: string): never => {
    throw new RangeError(
      `Cannot read ${headerPath}: ElementDataFile is ${JSON.stringify(dataFile)}, which lies outside the header's folder${where}; pass allowExternalData to read it all the same`,
    );
  };
  let missing: unknown;
  let linked = '';
  for (const folder of folders) {
    const file = path.resolve(folder, dataFile);
    if (!allowExternalData && !contains(folder, file)) return outside('');
    try {
      const real = await realpath(file);
      if (allowExternalData || contains(await realpath(folder), real)) return real;
      linked = ` (it links to ${real})`;
    } catch (cause) {
      missing ??= cause;
    }
  }
  if (linked !== '') return outside(linked);
  throw new Error(`Cannot read ${headerPath}: its data file ${JSON.stringify(dataFile)} is not there`, {
    cause: missing,
  });
}

function contains(folder: string, file: string): boolean {
  const relative = path.relative(folder, file);
  return relative !== '' && relative.split(path.sep)[0] !== '..' && !path.isAbsolute(relative);
}
