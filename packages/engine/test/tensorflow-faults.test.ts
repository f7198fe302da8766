import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startEngine } from '../src/index.ts';

const root = mkdtempSync(join(tmpdir(), 'lunet-faults-'));
const home = process.cwd();
const noCompiler = spawnSync('cc', ['--version']).error ? ' (skipped: no C compiler)' : '';

let folder: string;

/** An empty project, as the working directory, with an empty cache folder. */
beforeEach(() => {
  folder = mkdtempSync(join(root, 'project-'));
  process.chdir(folder);
  vi.stubEnv('LUNET_CACHE', join(folder, 'cache'));
});

afterEach(() => process.chdir(home));

afterAll(() => rmSync(root, { recursive: true }));

function write(path: string, content: string | object): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

/** tfjs-node as npm leaves it there if its install script fails. */
function installStock(name: string, version = '4.22.0'): string {
  write(`node_modules/@tensorflow/${name}/package.json`, { name: `@tensorflow/${name}`, version });
  return `node_modules/@tensorflow/${name}/lib/napi-v8/tfjs_binding.node`;
}

/** What `lunet-engine install` leaves behind, as far as it is read before the binding loads. */
function installCached(files: { path: string; bytes: number }[]): string {
  const cached = `cache/tensorflow-${process.platform}-${process.arch}`;
  write(`${cached}/manifest.json`, {
    format: 1,
    tensorflow: { version: '2.21.0', gpu: false },
    binding: 'tfjs_binding.node',
    package: 'tfjs-node',
    files,
  });
  return cached;
}

async function reasonOf(): Promise<string> {
  const error = await startEngine({ prefer: 'tensorflow' }).then(
    () => undefined,
    (error: Error) => error,
  );
  expect(error?.message).toMatch(/^Cannot start engine 'tensorflow': /);
  return error!.message.slice("Cannot start engine 'tensorflow': ".length);
}

describe('a native TensorFlow that does not start', () => {
  it('because none is installed', async () => {
    expect(await reasonOf()).toBe(
      'not installed: run "npx lunet-engine install", or "npm install @tensorflow/tfjs-node@4.22.0" (NVIDIA GPU: tfjs-node-gpu)',
    );
  });

  it('because the install script of the stock package failed', async () => {
    const binding = installStock('tfjs-node-gpu');
    expect(await reasonOf()).toBe(
      `@tensorflow/tfjs-node-gpu is installed without its binding (${join(folder, binding)}): its install script did not finish; run "npm rebuild @tensorflow/tfjs-node-gpu", or remove it and run "npx lunet-engine install"`,
    );
  });

  it('because the stock package is of another version', async () => {
    installStock('tfjs-node', '4.21.0');
    expect(await reasonOf()).toBe(
      '@tensorflow/tfjs-node 4.21.0 is installed, and only 4.22.0 fits: npm install @tensorflow/tfjs-node@4.22.0',
    );
  });

  it('because the binding is no addon', async () => {
    write(installStock('tfjs-node'), 'garbage');
    expect(await reasonOf()).toMatch(
      /^@tensorflow\/tfjs-node 4\.22\.0 in .+ does not load \(.*(file too short|invalid ELF header|not a valid|slice is not valid).*\); run "npm rebuild @tensorflow\/tfjs-node"/s,
    );
  });

  it.skipIf(noCompiler || process.platform !== 'linux')(
    `because a library of the binding is missing${noCompiler}`,
    async () => {
      const source = write('empty.c', 'void nothing(void) {}');
      const binding = write(installStock('tfjs-node'), '');
      const library = join(folder, 'libtensorflow.so.2');
      execFileSync('cc', ['-shared', '-o', library, source]);
      const flags = ['-shared', '-o', binding, source, '-Wl,--no-as-needed', library];
      execFileSync('cc', flags);
      rmSync(library);
      expect(await reasonOf()).toMatch(/libtensorflow\.so\.2: cannot open shared object file.*"npm rebuild/);
    },
  );

  it('because the cached binding is no addon', async () => {
    write(`${installCached([])}/tfjs_binding.node`, 'garbage');
    expect(await reasonOf()).toMatch(
      /^TensorFlow 2\.21\.0 in .+ does not load \(.+\); run "npx lunet-engine uninstall", then "npx lunet-engine install"$/s,
    );
  });

  it('because files of the cached installation were deleted', async () => {
    const cached = installCached([{ path: 'libtensorflow_cc.so.2', bytes: 12 }]);
    expect(await reasonOf()).toMatch(/libtensorflow_cc\.so\.2.*run "npx lunet-engine install" again$/s);
    write(`${cached}/libtensorflow_cc.so.2`, 'cut');
    expect(await reasonOf()).toMatch(/libtensorflow_cc\.so\.2 has 3 bytes, expected 12/);
  });

  it('because two are there and neither loads, and says both', async () => {
    installStock('tfjs-node-gpu');
    write(`${installCached([])}/tfjs_binding.node`, 'garbage');
    const reason = await reasonOf();
    expect(reason).toContain('@tensorflow/tfjs-node-gpu is installed without its binding');
    expect(reason).toContain('; also: TensorFlow 2.21.0 in ');
  });

  it('leaves no backend behind, and the one before it running', async () => {
    const { name } = await startEngine({ prefer: 'wasm' });
    const tensor = tf.tensor1d([1, 2, 3]);
    write(installStock('tfjs-node'), 'garbage');
    await reasonOf();
    expect(tf.getBackend()).toBe(name);
    expect(Object.keys(tf.engine().registryFactory)).not.toContain('tensorflow');
    expect([...tf.add(tensor, 1).dataSync()]).toEqual([2, 3, 4]);
  });

  it('is passed over with its reason where no engine is named', async () => {
    write(installStock('tfjs-node-gpu'), 'garbage');
    const { passedOver } = await startEngine();
    expect(passedOver[0]).toEqual({ name: 'tensorflow', reason: await reasonOf() });
  });
});
