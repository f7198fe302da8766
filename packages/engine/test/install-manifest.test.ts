import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cacheFolder } from '../src/install/cache-folder.ts';
import { installedTensorflow, tensorflowFolder } from '../src/install/installed-tensorflow.ts';

let env: Record<string, string>;

beforeAll(async () => {
  env = { LUNET_CACHE: await mkdtemp(join(tmpdir(), 'lunet-manifest-')) };
  await mkdir(tensorflowFolder(env));
});
afterAll(() => rm(env.LUNET_CACHE!, { recursive: true }));

const whole = {
  format: 1,
  tensorflow: { version: '2.21.0', gpu: false, source: 'a wheel' },
  binding: 'binding/tfjs_binding.node',
  package: 'tfjs-node',
  files: [],
};

describe('installedTensorflow', () => {
  it.each<[string, unknown, RegExp]>([
    ['is cut short', '{"format":1,', /in JSON/],
    ['is of a later version', { ...whole, format: 2 }, /has format 2, expected 1/],
    ['is null', null, /has format undefined, expected 1/],
    ['names a binding elsewhere', { ...whole, binding: '/tmp/tfjs_binding.node' }, /lacks fields/],
    ['names a package above', { ...whole, package: '../tfjs-node' }, /lacks fields/],
    ['names a file that is not there', { ...whole, files: [{ path: 'a', bytes: 1 }] }, /ENOENT/],
    ['has files without a length', { ...whole, files: [{ path: 'a' }] }, /lacks fields/],
    ['has nothing for a file', { ...whole, files: [null] }, /null/],
  ])('says what to do about a manifest that %s', async (_, manifest, reason) => {
    const text = typeof manifest === 'string' ? manifest : JSON.stringify(manifest);
    await writeFile(join(tensorflowFolder(env), 'manifest.json'), text);
    const found = installedTensorflow(env);
    await expect(found).rejects.toThrow(
      /^Cannot use the TensorFlow in .*; run "npx lunet-engine install" again$/,
    );
    await expect(found).rejects.toThrow(reason);
  });
});

describe('cacheFolder', () => {
  it('is what LUNET_CACHE names, before anything else', () => {
    expect(cacheFolder({ LUNET_CACHE: '/scratch/lunet', XDG_CACHE_HOME: '/x', HOME: '/h' })).toBe(
      '/scratch/lunet',
    );
  });

  it('is absolute, for a binding loads by an absolute path alone', () => {
    expect(cacheFolder({ LUNET_CACHE: 'scratch/lunet' })).toBe(resolve('scratch/lunet'));
  });

  it.runIf(process.platform === 'linux')("is in the user's cache folder on Linux", () => {
    expect(cacheFolder({ XDG_CACHE_HOME: '/home/ada/.cache' })).toBe('/home/ada/.cache/lunet');
    expect(cacheFolder({ HOME: '/home/ada' })).toBe('/home/ada/.cache/lunet');
    expect(cacheFolder({ XDG_CACHE_HOME: 'relative', HOME: '/home/ada' })).toBe('/home/ada/.cache/lunet');
  });
});
