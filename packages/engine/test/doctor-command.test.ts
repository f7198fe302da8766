import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Diagnosis } from '../src/doctor/diagnose.ts';
import { formatDiagnosis } from '../src/doctor/format-diagnosis.ts';

const main = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));
const flags = ['--conditions', '@lunet/source', '--import', 'tsx', main];

interface Ended {
  readonly code: number | string | null;
  readonly stdout: string;
  readonly stderr: string;
}

function lunetEngine(...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [...flags, ...args], { timeout: 25_000 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : (error.code ?? null), stdout, stderr });
    });
  });
}

describe.concurrent('lunet-engine doctor', () => {
  it('trains on wasm for real, and says so as JSON', async ({ expect }) => {
    const { code, stdout } = await lunetEngine('doctor', '--json', '--no-speed', '--engine', 'wasm');
    const { nvidia: _, machine, ...diagnosis } = JSON.parse(stdout) as Diagnosis;
    expect(diagnosis).toEqual({
      format: 1,
      ok: true,
      takes: null,
      engines: [
        {
          name: 'wasm',
          trains: true,
          device: expect.stringMatching(/^WebAssembly SIMD, \d+ threads?$/),
          version: '4.22.0',
          threads: expect.any(Number),
          gpu: false,
          reason: null,
          stepMilliseconds: null,
          sliceMilliseconds: null,
        },
      ],
      advice: expect.any(Array),
    });
    expect(machine.node).toBe(process.version);
    expect(code).toBe(0);
  });
});

describe.concurrent('lunet-engine run', () => {
  it("passes the command's options, output and exit code through", async ({ expect }) => {
    const program = 'console.log(process.argv[1], process.env.TF_NUM_INTRAOP_THREADS); process.exit(3)';
    const { code, stdout } = await lunetEngine(
      'run',
      '--threads',
      '2',
      '--',
      process.execPath,
      '-e',
      program,
      '--',
      '--gpu',
    );
    expect(stdout).toBe('--gpu 2\n');
    expect(code).toBe(3);
  });

  it('ends as a shell does where there is no such program', async ({ expect }) => {
    const { code, stderr } = await lunetEngine('run', 'no-such-program');
    expect(stderr).toContain('Cannot run no-such-program: there is no such program on the PATH');
    expect(code).toBe(127);
  });

  it.skipIf(process.platform === 'win32')(
    'passes signals on, and ends by the one that ended the command',
    async ({ expect }) => {
      const program =
        "process.once('SIGTERM', () => { console.log('told'); process.kill(process.pid, 'SIGTERM'); }); console.log('ready'); setInterval(() => {}, 1000)";
      const child = spawn(process.execPath, [...flags, 'run', process.execPath, '-e', program], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      const ended = once(child, 'exit');
      const said: string[] = [];
      for await (const line of createInterface({ input: child.stdout })) {
        if (said.push(line) === 1) child.kill('SIGTERM');
      }
      expect(said).toEqual(['ready', 'told']);
      expect(await ended).toEqual([null, 'SIGTERM']);
    },
  );
});

describe('formatDiagnosis', () => {
  const trial = {
    version: null,
    threads: null,
    device: null,
    gpu: null,
    stepMilliseconds: null,
    sliceMilliseconds: null,
  };
  const library = { what: 'cuDNN', soname: 'libcudnn.so.8', wheel: 'nvidia-cudnn-cu11==8.*' };
  const build = { name: 'tfjs-node-gpu', tensorflow: '2.9.1', cuda: 11, minimumDriver: '450.80.02' };
  const diagnosis: Diagnosis = {
    format: 1,
    ok: true,
    takes: 'wasm',
    machine: {
      node: 'v20.20.2',
      system: 'Debian GNU/Linux 12 (bookworm), x64',
      cpu: 'AMD EPYC',
      instructions: ['AVX', 'AVX2'],
      cores: 8,
      usableCores: 2,
      cpuLimit: 1.5,
      memoryBytes: 2 ** 34,
      availableMemoryBytes: 2 ** 33,
      memoryLimitBytes: 2 ** 32,
    },
    nvidia: {
      driver: '535.104.05',
      gpus: [{ index: 0, name: 'NVIDIA A10', memoryBytes: 24_146_608_128, computeCapability: '8.6' }],
      problem: null,
      builds: [
        {
          ...build,
          installed: true,
          driverSuffices: true,
          libraries: [{ ...library, path: null, origin: null }],
        },
      ],
      environment: [],
    },
    engines: [
      {
        ...trial,
        name: 'tensorflow',
        trains: false,
        reason: 'it found no GPU that it can use, because cuDNN is not there',
      },
      {
        ...trial,
        name: 'wasm',
        trains: true,
        device: 'WebAssembly SIMD, 2 threads',
        version: '4.22.0',
        reason: null,
        stepMilliseconds: 164.2,
        sliceMilliseconds: 158.4,
      },
    ],
    advice: ['python3 -m pip install "nvidia-cudnn-cu11==8.*"'],
  };

  it('fits 80 columns', () => {
    expect(formatDiagnosis(diagnosis)).toBe(`\
Machine
  Node        v20.20.2
  System      Debian GNU/Linux 12 (bookworm), x64
  CPU         AMD EPYC, 2 of 8 cores, limited to 1.5 by its container, AVX2
  Memory      16.0 GiB, 8.0 GiB available, limited to 4.0 GiB by its container
  NVIDIA      driver 535.104.05; GPU 0: NVIDIA A10, 22.5 GiB, compute 8.6

CUDA for        tfjs-node-gpu (TF 2.9.1)
  driver        450.80.02          ok
  cuDNN         libcudnn.so.8      missing

Engines                                                 ms a step  ms a slice
  tensorflow  no   it found no GPU that it can use, because cuDNN is not there
  wasm        yes  WebAssembly SIMD, 2 threads (4.22.0)       164         158

  A step trains the reference U-Net (118,271 weights) on 16 crops of 64×64×7,
  a slice is one prediction of 512×512×7; medians of three seconds.

startEngine() takes wasm, which trains.

What to do
  - python3 -m pip install "nvidia-cudnn-cu11==8.*"
`);
  });

  it('colours on request alone', () => {
    expect(formatDiagnosis(diagnosis)).not.toContain('\u001b');
    expect(formatDiagnosis(diagnosis, { color: true })).toContain('\u001b[32myes\u001b[39m');
  });
});
