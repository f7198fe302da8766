import { execFile } from 'node:child_process';
import { cp, mkdir, realpath, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { tinyVolume } from '@lunet/testing';
import { expect, it } from 'vitest';
import { writeVolume } from '../src/node.ts';
import { scratchFolder } from './scratch-folder.ts';

const run = promisify(execFile);
const packageRoot = fileURLToPath(new URL('..', import.meta.url));

it('works without itk-wasm in a browserless project, and names the install command where it needs it', async () => {
  // A project of its own that has the built package and its dependencies, but none of the optional peers.
  const project = await scratchFolder();
  const installed = path.join(project, 'node_modules', '@lunet', 'io');
  await mkdir(installed, { recursive: true });
  await run(process.execPath, [
    path.join(packageRoot, 'node_modules', 'typescript', 'bin', 'tsc'),
    ...['-p', path.join(packageRoot, 'tsconfig.build.json'), '--outDir', path.join(installed, 'dist')],
  ]);
  await cp(path.join(packageRoot, 'package.json'), path.join(installed, 'package.json'));
  for (const name of ['dicom-parser', 'ndarray', 'papaparse']) {
    await symlink(
      await realpath(path.join(packageRoot, 'node_modules', name)),
      path.join(project, 'node_modules', name),
    );
  }
  await writeVolume(path.join(project, 'a.mha'), tinyVolume([2, 2, 2]));
  await writeVolume(path.join(project, 'a.nrrd'), tinyVolume([2, 2, 2]));
  await writeFile(
    path.join(project, 'read.mjs'),
    `import { parseAnnotations } from '@lunet/io';
     import { readVolume } from '@lunet/io/node';
     const nodules = parseAnnotations('seriesuid,coordX,coordY,coordZ,diameter_mm\\n1.3.6,1,2,3,4\\n');
     const { voxels } = await readVolume('a.mha');
     const message = await readVolume('a.nrrd').catch((error) => error.message);
     console.log(JSON.stringify({ nodules: nodules.length, voxel: voxels.get(1, 1, 1), message }));`,
  );
  const { stdout } = await run(process.execPath, ['read.mjs'], { cwd: project });
  expect(JSON.parse(stdout)).toEqual({
    nodules: 1,
    voxel: 111,
    message:
      'Cannot read a.nrrd: @itk-wasm/image-io does not load, this format needs it; install it with: npm install itk-wasm@1.0.0-b.201 @itk-wasm/image-io@1.6.1 @itk-wasm/dicom@7.6.4',
  });
});
