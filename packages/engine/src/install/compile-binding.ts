import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Progress } from './progress.ts';
import { lastLines, runProgram } from './run-program.ts';
import { includePath, libraryNames } from './wheel-files.ts';

interface CompileOptions {
  /** An existing folder for the compiler's temporary files. */
  readonly scratch: string;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: Progress | undefined;
}

/** A C++ compiler that answered. */
export interface Compiler {
  readonly command: readonly string[];
  /** Its name and version, as it says them. */
  readonly version: string;
}

/** Where things lie inside an installation. */
export const bindingPath = 'binding/tfjs_binding.node';
export const packagePath = 'tfjs-node';

/**
 * Compiles tfjs-node's own binding sources against the TensorFlow beside them.
 *
 * The binding finds TensorFlow's libraries by its own place, so that the folder can be renamed; and it speaks Node-API 8
 * alone, so that every Node from 20 on loads it.
 */
export async function compileBinding(
  folder: string,
  { command, version }: Compiler,
  { scratch, signal, onProgress }: CompileOptions,
): Promise<void> {
  onProgress?.(`Compiling the binding with ${version}`);
  const darwin = process.platform === 'darwin';
  const headers = join(
    dirname(createRequire(import.meta.url).resolve('node-api-headers/package.json')),
    'include',
  );
  const sources = join(folder, packagePath, 'binding');
  const libraries = join(folder, 'tensorflow');
  const binding = join(folder, bindingPath);
  await mkdir(dirname(binding), { recursive: true });
  const [program = '', ...first] = command;
  const args = [
    ...first,
    ...[
      '-std=c++17',
      '-O2',
      '-fPIC',
      '-w',
      ...(darwin ? ['-bundle', '-undefined', 'dynamic_lookup'] : ['-shared']),
    ],
    ...['-DNAPI_VERSION=8', '-DNODE_GYP_MODULE_NAME=tfjs_binding', '-DBUILDING_NODE_EXTENSION'],
    ...[`-I${headers}`, `-I${join(folder, includePath)}`, `-I${join(folder, packagePath)}`],
    ...[join(sources, 'tfjs_backend.cc'), join(sources, 'tfjs_binding.cc'), '-o', binding],
    ...libraryNames.map((name) => join(libraries, name)),
    `-Wl,-rpath,${darwin ? '@loader_path' : '$ORIGIN'}/../tensorflow`,
  ];
  const ended = await runProgram(program, args, { env: { TMPDIR: scratch }, signal });
  if (ended?.code !== 0) {
    throw new Error(
      `Cannot compile the binding: ${version} ended with ${ended?.code}; choose another compiler by the variable CXX, or another TensorFlow by --from${lastLines(ended?.stderr ?? '', 12)}`,
    );
  }
}

/** The compiler that `CXX` names, else the first at hand. */
export async function findCompiler(
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal | undefined,
): Promise<Compiler> {
  const named = env.CXX?.trim();
  const commands = named ? [named.split(/\s+/)] : [['g++'], ['clang++'], ['c++']];
  for (const command of commands) {
    const [program = '', ...args] = command;
    const ended = await runProgram(program, [...args, '--version'], { signal });
    const version = ended?.stdout.split('\n')[0]?.trim();
    if (ended?.code === 0 && version) return { command, version };
  }
  const tried = commands.map((command) => command.join(' ')).join(', ');
  throw new Error(
    `Cannot compile the binding: no C++ compiler (tried ${tried}${named ? ' of the variable CXX' : ''}); install one (Debian, Ubuntu: apt install g++; Fedora: dnf install gcc-c++; macOS: xcode-select --install)`,
  );
}
