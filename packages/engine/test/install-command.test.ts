import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tfjsNode } from '../src/install/pinned.ts';
import { Workplace } from './install-fakes.ts';

const main = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));
const flags = ['--conditions', '@lunet/source', '--import', import.meta.resolve('tsx'), main];
const systemPath = process.env.PATH;
const wheel = process.env.LUNET_TENSORFLOW_WHEEL;

let place: Workplace;

beforeEach(async () => {
  place = await Workplace.make();
  await place.write(
    join(place.root, 'node_modules/@tensorflow/tfjs-node/package.json'),
    JSON.stringify(tfjsNode),
  );
});
afterEach(() => place.close());

function start(args: readonly string[], env: Record<string, string | undefined> = {}): ChildProcess {
  const stdio = ['ignore', 'pipe', 'pipe'] as const;
  return spawn(process.execPath, [...flags, ...args], {
    cwd: place.root,
    env: { ...place.env, ...env },
    stdio: [...stdio],
  });
}

async function lunetEngine(
  args: readonly string[],
  env?: Record<string, string | undefined>,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = start(args, env);
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout!),
    text(child.stderr!),
    once(child, 'close'),
  ]);
  return { code: code as number, stdout, stderr };
}

describe('lunet-engine', () => {
  it('explains what install does', async () => {
    const { code, stdout } = await lunetEngine(['install', '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain('$ npx lunet-engine install --gpu');
    expect(stdout.split('\n').every((line) => line.length <= 100)).toBe(true);
  });

  it('ends with 1 and one message if the binding that was compiled does not load', async () => {
    await place.compiler();
    const { code, stdout, stderr } = await lunetEngine(['install', '--from', await place.sitePackages()]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(
      /\nCompiling the binding with g\+\+ \(fake\) 1.0\nTraining one step\nCannot train with this/,
    );
    expect(stderr).toMatch(/tfjs_binding\.node does not load \(.*(file too short|invalid ELF header)/);
    expect(await readdir(place.env.LUNET_CACHE!)).toEqual([]);
  });

  it('cleans up after Ctrl-C and ends with 130', async () => {
    await place.compiler(`echo > ${place.root}/started`, 'sleep 60');
    const child = start(['install', '--from', await place.sitePackages()]);
    const [said, ended] = [text(child.stderr!), once(child, 'close')];
    await expect.poll(() => existsSync(join(place.root, 'started')), { timeout: 20_000 }).toBe(true);
    child.kill('SIGINT');
    expect(await ended).toEqual([130, null]);
    expect(await said).toMatch(/\nInterrupted; nothing was left behind.\n$/);
    expect(await readdir(place.env.LUNET_CACHE!)).toEqual([]);
  });

  it.skipIf(!wheel || !existsSync(wheel))(
    'installs the wheel of LUNET_TENSORFLOW_WHEEL with the compiler and npm of this machine, and trains on it',
    async () => {
      const env = { PATH: systemPath, HOME: process.env.HOME, LUNET_CACHE: join(place.root, 'cache') };
      await place.write(join(place.root, 'node_modules/@tensorflow/tfjs-node/package.json'), '{}');
      const made = await lunetEngine(['install', '--from', wheel!], env);
      expect(made.stdout).toMatch(/- trained one step on the CPU, with the expected result\nTensorFlow 2/);
      expect(made.code).toBe(0);
      const again = await lunetEngine(['install'], env);
      expect(again.stdout).toMatch(/ is already in .*\nNothing was done.\n$/);
      const removed = await lunetEngine(['uninstall'], env);
      expect(removed.stdout).toMatch(/^Removed .*: \d+ MB are free again.\n$/);
    },
    300_000,
  );
});
