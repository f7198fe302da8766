import { readFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';

/** The machine as this process may use it. */
export interface MachineFacts {
  readonly node: string;
  /** System, release and architecture, for people. */
  readonly system: string;
  readonly cpu: string;
  /** Vector instructions that engines are built for, of those that the CPU has. */
  readonly instructions: readonly string[];
  readonly cores: number;
  /** Cores that this process may use. */
  readonly usableCores: number;
  /** Share of the cores that its container grants, in cores; null without a limit. */
  readonly cpuLimit: number | null;
  readonly memoryBytes: number;
  readonly availableMemoryBytes: number;
  /** Memory that its container grants; null without a limit. */
  readonly memoryLimitBytes: number | null;
}

/** Reads the machine's facts; `root` holds proc, sys and etc. */
export function machineFacts(root = '/'): MachineFacts {
  const text = (path: string): string | undefined => {
    try {
      return readFileSync(join(root, path), 'utf8');
    } catch {
      return undefined;
    }
  };
  const limit = process.constrainedMemory();
  const memoryBytes = os.totalmem();
  const distribution = /^PRETTY_NAME="?(.*?)"?$/m.exec(text('etc/os-release') ?? '')?.[1];
  const cpuinfo = text('proc/cpuinfo') ?? '';
  return {
    node: process.version,
    system: `${distribution ?? `${os.type()} ${os.release()}`}, ${process.arch}`,
    cpu: os.cpus()[0]?.model.trim() || 'unknown',
    instructions: instructionsOf(cpuinfo),
    cores: os.cpus().length,
    usableCores: os.availableParallelism(),
    cpuLimit:
      parseCpuMax(text('sys/fs/cgroup/cpu.max')) ??
      parseCpuMax(
        `${text('sys/fs/cgroup/cpu/cpu.cfs_quota_us')} ${text('sys/fs/cgroup/cpu/cpu.cfs_period_us')}`,
      ),
    memoryBytes,
    availableMemoryBytes: availableBytes(text('proc/meminfo')) ?? os.freemem(),
    // 0 or 2⁶⁴ − 1 stand for no limit.
    memoryLimitBytes: limit > 0 && limit < memoryBytes ? limit : null,
  };
}

/** Reads a cgroup's `quota period` in microseconds, in cores; null for `max` or what is none. */
export function parseCpuMax(text: string | undefined): number | null {
  const match = /^\s*(\d+)\s+(\d+)\s*$/.exec(text ?? '');
  return match === null || Number(match[2]) === 0 ? null : Number(match[1]) / Number(match[2]);
}

function availableBytes(meminfo: string | undefined): number | undefined {
  const kilobytes = /^MemAvailable:\s+(\d+) kB/m.exec(meminfo ?? '')?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

function instructionsOf(cpuinfo: string): string[] {
  const flags = new Set(/^flags\s*:(.*)$/m.exec(cpuinfo)?.[1]?.trim().split(' '));
  const known = { avx: 'AVX', avx2: 'AVX2', avx512f: 'AVX-512' };
  return Object.entries(known).flatMap(([flag, name]) => (flags.has(flag) ? [name] : []));
}
