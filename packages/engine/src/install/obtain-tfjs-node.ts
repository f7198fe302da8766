import { createReadStream } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { unpackTar } from 'modern-tar/fs';
import { resolveInstalled } from '../import-installed.ts';
import { hashFile } from './hash-file.ts';
import { tfjsNode } from './pinned.ts';
import type { Progress } from './progress.ts';
import { lastLines, runProgram } from './run-program.ts';

interface ObtainOptions {
  /** An existing folder for what is only needed meanwhile. */
  readonly scratch: string;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: Progress | undefined;
}

/** The compiled JavaScript without its tests, and the binding's sources. */
function isWanted(path: string): boolean {
  return (
    /^(dist\/.*\.js|binding\/.*\.(cc|h)|package\.json|LICENSE)$/.test(path) && !path.endsWith('_test.js')
  );
}

/** tfjs-node 4.22.0 unpacks to 3.5 MB. */
const longestTotal = 64e6;

/**
 * Puts tfjs-node's compiled JavaScript and the sources of its binding into a folder, and says where they came from: the
 * user's own install of it, even one whose install script failed, else `npm pack`.
 */
export async function obtainTfjsNode(into: string, options: ObtainOptions): Promise<string> {
  for (const name of ['@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu']) {
    const manifest = resolveInstalled(`${name}/package.json`);
    if (manifest === undefined) continue;
    const folder = dirname(manifest);
    const { version } = JSON.parse(await readFile(manifest, 'utf8')) as { version?: string };
    if (version !== tfjsNode.version) continue;
    await cp(folder, into, {
      recursive: true,
      dereference: true,
      filter: (source) => {
        const path = relative(folder, source).split(sep).join('/');
        return path === '' || /^(dist|binding)(\/[^.]*)?$/.test(path) || isWanted(path);
      },
    });
    return `${name} ${version} in ${folder}`;
  }
  return packTfjsNode(into, options);
}

async function packTfjsNode(into: string, { scratch, signal, onProgress }: ObtainOptions): Promise<string> {
  const spec = `@tensorflow/tfjs-node@${tfjsNode.version}`;
  onProgress?.(`Fetching ${spec} with npm`);
  const ended = await runProgram('npm', ['pack', spec, '--ignore-scripts', '--pack-destination', scratch], {
    cwd: scratch,
    signal,
  });
  if (ended === undefined) {
    throw new Error(`Cannot fetch ${spec}: there is no npm; install it (it comes with Node)`);
  }
  const tarball = (await readdir(scratch)).find((name) => name.endsWith('.tgz'));
  if (ended.code !== 0 || tarball === undefined) {
    throw new Error(`Cannot fetch ${spec}: npm pack ended with ${ended.code}${lastLines(ended.stderr)}`);
  }
  const file = join(scratch, tarball);
  await checkIntegrity(file, spec, tfjsNode.integrity);
  await unpackPackage(file, into, signal);
  await rm(file);
  return `${spec}, checked against its npm integrity`;
}

/** @throws {Error} if a file has not the SHA-512 that npm publishes for it. */
export async function checkIntegrity(file: string, spec: string, integrity: string): Promise<void> {
  const actual = `sha512-${await hashFile(file, { algorithm: 'sha512', encoding: 'base64' })}`;
  if (actual === integrity) return;
  const { size } = await stat(file);
  throw new Error(
    `Cannot use ${spec}: the ${size} bytes that npm fetched have ${actual}, expected ${integrity}; see what registry "npm config get registry" names, then run this again`,
  );
}

/** Unpacks of an npm package's tarball what the binding needs. */
export async function unpackPackage(tarball: string, into: string, signal?: AbortSignal): Promise<void> {
  await mkdir(into, { recursive: true });
  let total = 0;
  const unpack = unpackTar(into, {
    strip: 1,
    strict: true,
    fmode: 0o644,
    dmode: 0o755,
    filter({ name, type, size }) {
      if (type === 'directory' || !isWanted(name)) return false;
      if (type !== 'file') throw new Error(`Cannot unpack ${tarball}: ${name} is a ${type}, expected a file`);
      total += size;
      if (total > longestTotal) {
        throw new Error(`Cannot unpack ${tarball}: it holds more than ${longestTotal / 1e6} MB`);
      }
      return true;
    },
  });
  await pipeline(createReadStream(tarball), createGunzip(), unpack, { signal });
}
