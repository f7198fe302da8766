// Packs every public package, checks each tarball with publint and attw, installs them all in a scratch project
// outside the workspace, and there imports and type-checks each package alone, as a user's plain Node ESM would.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = new URL('..', import.meta.url).pathname;
const bin = (name) => join(root, 'node_modules', '.bin', name);
const scratch = mkdtempSync(join(tmpdir(), 'lunet-tarballs-'));

/** Runs a command; its output is shown only if it fails. */
function run(title, command, args, cwd = root) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status === 0) return stdout;
  throw new Error(`${title} failed\n${error?.message ?? ''}${stdout}${stderr}`);
}

try {
  run('Build', bin('turbo'), ['run', 'build']);
  const packages = readdirSync(join(root, 'packages'))
    .map((name) => ({
      folder: join(root, 'packages', name),
      json: readJson(join(root, 'packages', name, 'package.json')),
    }))
    .filter(({ json }) => !json.private);
  const tarballs = join(scratch, 'tarballs');
  mkdirSync(tarballs);
  const dependencies = {};
  const peers = {};
  for (const { folder, json } of packages) {
    const tarball = join(tarballs, `${json.name.replace('@', '').replace('/', '-')}.tgz`);
    run(`pnpm pack ${json.name}`, 'pnpm', ['pack', '--out', tarball], folder);
    run(`publint ${json.name}`, bin('publint'), ['--strict', tarball]);
    // The packages are ESM only, and their types need a resolver that knows `exports`.
    run(`attw ${json.name}`, bin('attw'), ['--profile', 'esm-only', tarball]);
    dependencies[json.name] = `file:${tarball}`;
    Object.assign(peers, json.peerDependencies);
  }

  const project = join(scratch, 'project');
  mkdirSync(project);
  const typescript = readJson(join(root, 'package.json')).devDependencies.typescript;
  const nodeTypes = readJson(join(root, 'node_modules/@types/node/package.json')).version;
  writeJson(join(project, 'package.json'), {
    name: 'scratch',
    private: true,
    type: 'module',
    dependencies: { ...dependencies, ...peers, typescript, '@types/node': nodeTypes },
  });
  // Between themselves, too, the packages are to be had only as these tarballs.
  writeFileSync(
    join(project, 'pnpm-workspace.yaml'),
    `packages: ['.']\nautoInstallPeers: false\nallowBuilds:\n  core-js: false\n  protobufjs: false\noverrides:\n${Object.entries(
      dependencies,
    )
      .map(([name, spec]) => `  '${name}': '${spec}'\n`)
      .join('')}`,
  );
  run('Install the tarballs', 'pnpm', ['install', '--prefer-offline', '--no-frozen-lockfile'], project);
  const entries = packages.flatMap(({ json }) =>
    Object.keys(json.publishConfig.exports)
      .filter((key) => key !== './package.json')
      .map((key) => json.name + key.slice(1)),
  );
  writeJson(join(project, 'tsconfig.json'), {
    compilerOptions: { module: 'NodeNext', target: 'ES2023', strict: true, noEmit: true, skipLibCheck: true },
    include: ['*.ts'],
  });
  entries.forEach((entry, index) => {
    writeFileSync(
      join(project, `entry${index}.ts`),
      `import * as entry from '${entry}';\nconsole.log(Object.keys(entry).length);\n`,
    );
  });
  run('Types of the tarballs', bin('tsc'), ['-p', 'tsconfig.json'], project);
  for (const entry of entries) {
    const script = `const names = Object.keys(await import('${entry}')); if (names.length === 0) throw new Error('no exports');`;
    run(`import('${entry}')`, process.execPath, ['--input-type=module', '-e', script], project);
    console.log(`ok ${entry}`);
  }
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}

function writeJson(path, value) {
  writeFileSync(path, JSON.stringify(value, null, 2));
}
