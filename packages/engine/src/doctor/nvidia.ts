import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from '../install/cache-folder.ts';
import { ask } from './ask.ts';

/** A GPU as nvidia-smi lists it, in the order of the PCI bus. */
export interface Gpu {
  readonly index: number;
  readonly name: string;
  readonly memoryBytes: number | null;
  readonly computeCapability: string | null;
}

/** What there is of NVIDIA's on a machine. */
export interface Nvidia {
  /** Version of the driver, `535.104.05`; null if none answers. */
  readonly driver: string | null;
  readonly gpus: readonly Gpu[];
  /** What is wrong and what to do; null if all is well. */
  readonly problem: string | null;
}

/** Where to look; tests point it at folders of their own. */
export interface Machine {
  /** Folder that holds proc, dev and sys. */
  readonly root?: string;
  readonly env?: Environment;
}

/** Looks for NVIDIA GPUs and their driver; undefined if the machine has none. */
export async function findNvidia({
  root = '/',
  env = process.env,
}: Machine = {}): Promise<Nvidia | undefined> {
  const fields = 'index,name,memory.total,driver_version';
  const query = (names: string) =>
    ask('nvidia-smi', [`--query-gpu=${names}`, '--format=csv,noheader,nounits'], env);
  let answer = await query(`${fields},compute_cap`);
  // Drivers before release 510 do not know compute_cap.
  if (!answer.ok && !answer.missing) answer = await query(fields);
  const driver = driverFromProc(root);
  if (answer.ok) {
    const listed = parseNvidiaSmi(answer.stdout);
    if (listed.gpus.length > 0) return { ...listed, driver: listed.driver ?? driver, problem: null };
  }
  const there = driver !== null || hasDeviceFile(root) || isOnPciBus(root);
  if (!there) return undefined;
  const said = answer.ok ? 'it lists no GPU' : answer.reason;
  const advice =
    driver === null
      ? 'install the NVIDIA driver (Ubuntu: "sudo ubuntu-drivers install", then reboot)'
      : 'in a container, start it with the NVIDIA runtime ("docker run --gpus all"); else reinstall the driver';
  return { driver, gpus: [], problem: `nvidia-smi does not answer (${said}): ${advice}` };
}

/** Reads `nvidia-smi --query-gpu=index,name,memory.total,driver_version[,compute_cap] --format=csv,noheader,nounits`. */
export function parseNvidiaSmi(csv: string): { driver: string | null; gpus: readonly Gpu[] } {
  let driver: string | null = null;
  const gpus: Gpu[] = [];
  for (const line of csv.split('\n')) {
    const [index, name, mebibytes, version, capability] = line.split(',').map((field) => field.trim());
    if (!/^\d+$/.test(index ?? '') || name === undefined) continue;
    // MIG and old boards answer "[N/A]" and the like.
    const memory = Number(mebibytes);
    if (version !== undefined && /^\d+(\.\d+)+$/.test(version)) driver = version;
    gpus.push({
      index: Number(index),
      name,
      memoryBytes: mebibytes && Number.isFinite(memory) ? memory * 2 ** 20 : null,
      computeCapability: /^\d+\.\d+$/.test(capability ?? '') ? capability! : null,
    });
  }
  return { driver, gpus };
}

/** Version in `/proc/driver/nvidia/version`, or null. */
export function parseProcVersion(text: string): string | null {
  return /Kernel Module.*?\s(\d+(?:\.\d+)+)\s/.exec(text)?.[1] ?? null;
}

function driverFromProc(root: string): string | null {
  try {
    return parseProcVersion(readFileSync(join(root, 'proc/driver/nvidia/version'), 'utf8'));
  } catch {
    return null;
  }
}

function hasDeviceFile(root: string): boolean {
  return ['nvidia0', 'nvidiactl'].some((name) => existsSync(join(root, 'dev', name)));
}

/** Whether a display controller of NVIDIA's is on the PCI bus, driver or not. */
function isOnPciBus(root: string): boolean {
  const folder = join(root, 'sys/bus/pci/devices');
  try {
    return readdirSync(folder).some((device) => {
      const read = (name: string) => readFileSync(join(folder, device, name), 'utf8').trim();
      return read('vendor') === '0x10de' && read('class').startsWith('0x03');
    });
  } catch {
    return false;
  }
}
