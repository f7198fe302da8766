import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Models of the NVIDIA GPUs that the driver lists, each once; empty without a driver. */
export function gpuNames(folder = '/proc/driver/nvidia/gpus'): string[] {
  try {
    const models = readdirSync(folder).map((gpu) =>
      /^Model:\s*(.+?)\s*$/m.exec(readFileSync(join(folder, gpu, 'information'), 'utf8')),
    );
    return [...new Set(models.flatMap((model) => model?.[1] ?? []))];
  } catch {
    return [];
  }
}
