import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

/** Where Chromium keeps its software Vulkan: beside itself, or where Debian puts it. */
const folder = [dirname(process.env.LUNET_CHROMIUM ?? ''), '/usr/lib/chromium'].find((place) =>
  ['libvulkan.so.1', 'libvk_swiftshader.so', 'vk_swiftshader_icd.json'].every((name) =>
    existsSync(join(place, name)),
  ),
);
const missing = folder === undefined && "no libvk_swiftshader.so of Chromium's beside LUNET_CHROMIUM";

describe.skipIf(missing)(
  `provider webgpu on a software Vulkan${missing ? ` (skipped: ${missing})` : ''}`,
  () => {
    it('computes, takes gradients and trains as the cpu backend does, and names what it leaves to the CPU', {
      timeout: 120_000,
    }, async () => {
      const driver = join(folder!, 'vk_swiftshader_icd.json');
      const env = {
        ...process.env,
        LD_LIBRARY_PATH: folder,
        VK_ICD_FILENAMES: driver,
        VK_DRIVER_FILES: driver,
        XDG_RUNTIME_DIR: tmpdir(),
      };
      const program = join(import.meta.dirname, 'programs', 'compare-with-cpu.ts');
      const args = ['--import', 'tsx', '--conditions', '@lunet/source', program, 'webgpu'];
      const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { env });
      const { started, differences, before, leftToCpu } = JSON.parse(stdout.trimEnd().split('\n').at(-1)!);
      expect(started.device).toBe('webgpu');
      for (const [what, difference] of Object.entries(differences)) {
        expect(difference, what).toBeLessThan(1e-5);
      }
      expect(Object.keys(differences)).toHaveLength(3);
      expect(before).toEqual([]);
      expect(leftToCpu).not.toEqual([]);
      expect(stderr).toContain(`webgpu leaves ${leftToCpu.sort().join(', ')} to the CPU`);
    });
  },
);
