// Packs every public package, checks the tarball with publint and attw, and installs it alone in a scratch project:
// its declared dependencies and required peers, nothing hoisted, nothing optional. There each entry is imported in
// plain Node ESM, what it exports is type-checked, and what starts threads or WebAssembly is run.
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = (name) => join(root, 'node_modules', '.bin', name);
const nodeTypes = readJson(join(root, 'node_modules/@types/node/package.json')).version;

/** Entries for Node alone, whose users have @types/node; the others must do without. */
const isForNode = (entry) => entry.endsWith('/node') || ['@lunet/onnx', '@lunet/train'].includes(entry);

/** What to run where an import alone does not reach the package's further files: its workers and its .wasm. */
const programs = {
  '@lunet/engine': `
    import assert from 'node:assert/strict';
    import { startEngine } from '@lunet/engine';
    import * as tf from '@tensorflow/tfjs-core';
    process.env.LUNET_CACHE = 'nothing-installed';
    const { name, threads, passedOver } = await startEngine({ threads: 2 });
    assert.deepEqual([name, threads, tf.getBackend()], ['wasm', 2, 'wasm']);
    assert.deepEqual(passedOver.map(({ name }) => name), ['tensorflow', 'onnx']);
    for (const { reason } of passedOver) assert.match(reason, /^not installed: .*(lunet-engine|npm) install/);
    const sums = tf.conv2d(tf.ones([2, 8, 8, 3]), tf.ones([3, 3, 3, 4]), 1, 'valid');
    assert.deepEqual([...sums.dataSync()], Array(2 * 6 * 6 * 4).fill(27));`,
  '@lunet/onnx': `
    import assert from 'node:assert/strict';
    import { exportOnnx, startOnnx } from '@lunet/onnx';
    import * as tf from '@tensorflow/tfjs-core';
    import { layers, sequential } from '@tensorflow/tfjs-layers';
    await startOnnx({ threads: 1 });
    const sums = tf.conv2d(tf.ones([2, 8, 8, 3]), tf.ones([3, 3, 3, 4]), 1, 'valid');
    assert.deepEqual([...sums.dataSync()], Array(2 * 6 * 6 * 4).fill(27));
    const model = sequential({ layers: [layers.dense({ units: 1, inputShape: [1] })] });
    assert.ok((await exportOnnx(model)).length > 100);`,
  '@lunet/patches/node': `
    import assert from 'node:assert/strict';
    import { createLoader } from '@lunet/patches/node';
    const image = new Int16Array(new SharedArrayBuffer(2 * 4 * 24 * 20)).fill(7);
    const label = new Uint8Array(new SharedArrayBuffer(2 * 24 * 20)).fill(1);
    const chunk = { seriesUid: '1.2.3', kind: 'nodule', centerWorld: [0, 0, 0], image, label, labelSlices: 2 };
    const chunks = { size: { slices: 3, rows: 24, columns: 20 }, chunks: [chunk] };
    const crop = { rows: 16, columns: 16 };
    const loader = createLoader(chunks, { batchSize: 1, seed: 1, numWorkers: 1, crop });
    let batches = 0;
    for await (const batch of loader.epoch(0)) {
      assert.deepEqual([...batch.images], Array(16 * 16 * 3).fill(7));
      assert.deepEqual([...batch.labels], Array(16 * 16).fill(1));
      batch.release();
      batches++;
    }
    assert.equal(batches, 1);
    await loader.close();`,
  '@lunet/phantom/node': `
    import assert from 'node:assert/strict';
    import { readdir } from 'node:fs/promises';
    import { writePhantomDataset } from '@lunet/phantom/node';
    const settings = { scans: 2, seed: 1, slices: 4, size: 64, spacing: 4, numWorkers: 1 };
    const { made } = await writePhantomDataset('data', settings);
    assert.equal(made, 2);
    const files = await readdir('data', { recursive: true });
    assert.equal(files.filter((file) => /subset[01].*\\.mhd$/.test(file)).length, 2);`,
};

// A space in the path, as users have them.
const scratch = mkdtempSync(join(tmpdir(), 'lunet tarballs-'));
try {
  await run('Build', bin('turbo'), ['run', 'build']);
  const packages = readdirSync(join(root, 'packages'))
    .map((name) => ({ name, folder: join(root, 'packages', name) }))
    .map((found) => ({ ...found, tarball: join(scratch, `${found.name}.tgz`) }))
    .map((found) => ({ ...found, json: readJson(join(found.folder, 'package.json')) }))
    .filter(({ json }) => !json.private);
  await each(packages, ({ json, folder, tarball }) =>
    run(`pnpm pack ${json.name}`, 'pnpm', ['pack', '--out', tarball], folder),
  );
  const tarballs = Object.fromEntries(packages.map(({ json, tarball }) => [json.name, `file:${tarball}`]));
  await each(packages, (found) => checkPackage(found, tarballs));
} catch (error) {
  report(error);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

async function checkPackage({ name, json, tarball }, tarballs) {
  await run(`publint ${json.name}`, bin('publint'), ['--strict', tarball]);
  // The packages are ESM only, and their types need a resolver that knows `exports`.
  await run(`attw ${json.name}`, bin('attw'), ['--profile', 'esm-only', tarball]);

  const project = join(scratch, name);
  const entries = Object.keys(json.publishConfig.exports)
    .filter((key) => key !== './package.json')
    .map((key) => json.name + key.slice(1));
  const peers = Object.entries(json.peerDependencies ?? {}).filter(
    ([peer]) => !json.peerDependenciesMeta?.[peer]?.optional,
  );
  mkdirSync(project);
  writeJson(join(project, 'package.json'), {
    private: true,
    type: 'module',
    dependencies: { [json.name]: tarballs[json.name], ...Object.fromEntries(peers) },
    devDependencies: entries.some(isForNode) ? { '@types/node': nodeTypes } : {},
  });
  // JSON is YAML. Without hoisting, a package finds what it declares and nothing else.
  writeJson(join(project, 'pnpm-workspace.yaml'), {
    packages: ['.'],
    hoist: false,
    autoInstallPeers: false,
    strictPeerDependencies: true,
    overrides: tarballs,
  });
  const install = ['install', '--prefer-offline', '--ignore-scripts', '--no-frozen-lockfile'];
  await run(`Install ${json.name}`, 'pnpm', install, project);
  for (const entry of entries) await checkEntry(entry, project);
}

async function checkEntry(entry, project) {
  const script = `console.log(Object.keys(await import('${entry}')).join())`;
  const args = ['--input-type=module', '--eval', script];
  const names = (await run(`import('${entry}')`, process.execPath, args, project)).trim();
  if (names === '') throw new Error(`${entry} exports nothing`);
  await checkTypes(entry, names, project);
  if (programs[entry]) await runProgram(entry, project);
  console.log(`ok ${entry}`);
}

/**
 * Type-checks an import of all that an entry exports, and the declarations behind it: `skipLibCheck` would take a type
 * whose package is missing for `any`. TensorFlow.js's own declarations have errors; those do not count.
 */
async function checkTypes(entry, names, project) {
  const file = `${entry.split('/').slice(1).join('-')}.ts`;
  writeFileSync(join(project, file), `import { ${names} } from '${entry}';\nconsole.log(${names});\n`);
  const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', '--pretty', 'false'];
  const types = isForNode(entry) ? ['--types', 'node'] : [];
  const { error, stdout, stderr } = await execute(bin('tsc'), [...options, ...types, file], project);
  const lines = `${stdout}${stderr}`.split('\n');
  const foreign = (line) => /^(?!.*\/@lunet\/).*node_modules\/.*\(\d+,\d+\): error TS/.test(line);
  const own = lines.filter((line) => line.includes('error TS') && !foreign(line));
  if (own.length > 0) throw new Error(`Types of ${entry}:\n${own.join('\n')}`);
  if (error && !lines.some(foreign)) throw new Error(`Types of ${entry}: ${error.message}`);
}

async function runProgram(entry, project) {
  // A file, as worker threads inherit `--input-type`, which Node 20 takes for none.
  writeFileSync(join(project, 'program.js'), programs[entry]);
  await run(`Program of ${entry}`, process.execPath, ['program.js'], project);
}

/** Runs a command; its output is shown only if it fails. */
async function run(title, command, args, cwd = root) {
  const { error, stdout, stderr } = await execute(command, args, cwd);
  if (error) throw new Error(`${title} failed: ${error.message.split('\n', 1)}\n${stdout}${stderr}`);
  return stdout;
}

function execute(command, args, cwd) {
  return new Promise((resolve) => {
    execFile(command, args, { cwd, timeout: 120_000, maxBuffer: 2 ** 26 }, (error, stdout, stderr) =>
      resolve({ error, stdout, stderr }),
    );
  });
}

/** Works on two items at a time; a failure is told and does not keep the others from being tried. */
async function each(items, work) {
  const left = [...items];
  const lane = async () => {
    for (let item = left.shift(); item; item = left.shift()) {
      await work(item).catch(report);
    }
  };
  await Promise.all([lane(), lane()]);
}

function report(error) {
  console.error(error.message);
  process.exitCode = 1;
}

function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}

function writeJson(path, value) {
  writeFileSync(path, JSON.stringify(value, null, 2));
}
