import { createWriteStream } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { createGzip, gzipSync } from 'node:zlib';
import { packTar, type TarSource } from 'modern-tar/fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkIntegrity, obtainTfjsNode, unpackPackage } from '../src/install/obtain-tfjs-node.ts';
import { Workplace } from './install-fakes.ts';

let place: Workplace;

beforeEach(async () => {
  place = await Workplace.make();
});
afterEach(() => place.close());

async function tarball(...sources: TarSource[]): Promise<string> {
  const file = join(place.root, 'package.tgz');
  await pipeline(packTar(sources), createGzip(), createWriteStream(file));
  return file;
}

/** A package of one file, whose header is changed before its checksum is taken. */
async function patchedTarball(patch: (header: Buffer) => void): Promise<string> {
  const tar = await buffer(packTar([file('package/dist/x.js')]));
  const header = tar.subarray(0, 512);
  patch(header);
  header.fill(' ', 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  const path = join(place.root, 'package.tgz');
  await writeFile(path, gzipSync(tar));
  return path;
}

function file(target: string): TarSource {
  return { type: 'content', target, content: target };
}

describe('unpackPackage', () => {
  it('takes the compiled JavaScript and the sources of the binding', async () => {
    const names = ['package.json', 'dist/kernels/Conv2D.js', 'binding/utils.h', 'binding/tfjs_backend.cc'];
    const others = ['dist/io_test.js', 'dist/io.d.ts', 'src/io.ts', 'scripts/install.js'];
    const into = join(place.root, 'into');
    await unpackPackage(await tarball(...[...names, ...others].map((name) => file(`package/${name}`))), into);
    const taken = (await readdir(into, { recursive: true })).filter((name) => name.includes('.'));
    expect(taken.sort()).toEqual(names.sort());
  });

  it.each(['../../dist/x.js', 'package/../../dist/x.js', '/package/dist/x.js', 'package/dist/../../../x.js'])(
    'writes nothing outside its folder for %s',
    async (name) => {
      const into = join(place.root, 'deep/into');
      const file = await patchedTarball((header) => header.fill(0, 0, 100).write(name));
      await unpackPackage(file, into).catch(() => {});
      const all = await readdir(place.root, { recursive: true });
      expect(all.filter((path) => path.endsWith('x.js') && !path.startsWith('deep/into/'))).toEqual([]);
    },
  );

  it('refuses links', async () => {
    const file = await patchedTarball((header) => {
      header.write('2', 156);
      header.write('/etc/passwd', 157);
    });
    await expect(unpackPackage(file, join(place.root, 'into'))).rejects.toThrow(
      /^Cannot unpack .*: dist\/x.js is a symlink, expected a file$/,
    );
  });

  it('refuses more than a package may hold', async () => {
    const content = Readable.from(
      (function* () {
        for (let index = 0; index < 65; index++) yield Buffer.alloc(1e6);
      })(),
    );
    const large = await tarball({ type: 'stream', target: 'package/dist/large.js', content, size: 65e6 });
    await expect(unpackPackage(large, join(place.root, 'into'))).rejects.toThrow(/it holds more than 64 MB$/);
  });
});

describe('obtainTfjsNode', () => {
  it.each<[string, string[] | undefined, RegExp]>([
    ['there is no npm', undefined, /: there is no npm; install it \(it comes with Node\)$/],
    [
      'npm fails',
      ['echo "npm error code E404" >&2; exit 1'],
      /npm pack ended with 1\n {2}npm error code E404$/,
    ],
    [
      'npm brings another file',
      ['echo other > package.tgz'],
      /the 6 bytes that npm fetched have sha512-.*, expected sha512-uHrX/,
    ],
  ])('says what to do if %s', async (_, lines, message) => {
    if (lines !== undefined) await place.program('npm', ...lines);
    await expect(obtainTfjsNode(join(place.root, 'into'), { scratch: place.root })).rejects.toThrow(message);
  });

  it('knows the right bytes by their SHA-512', async () => {
    await place.write(join(place.root, 'abc'), 'abc');
    // FIPS 180-4's example.
    const digest = Buffer.from(
      'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
      'hex',
    );
    await checkIntegrity(join(place.root, 'abc'), 'abc', `sha512-${digest.toString('base64')}`);
    await expect(checkIntegrity(join(place.root, 'abc'), 'abc', 'sha512-x')).rejects.toThrow('the 3 bytes');
  });
});
