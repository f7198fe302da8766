import type { Diagnosis, NvidiaDiagnosis } from './diagnose.ts';
import type { FoundLibrary } from './find-libraries.ts';
import type { MachineFacts } from './machine.ts';
import type { EngineTrial } from './try-engine.ts';

/** Columns of the screen, whatever the terminal's: the text is also read in logs and issues. */
const width = 80;

/** A diagnosis as text of 80 columns; `color` adds escape sequences. */
export function formatDiagnosis(diagnosis: Diagnosis, { color = false }: { color?: boolean } = {}): string {
  // Node's styleText would ask the stream once more, each release in its own way.
  const paint: Paint = (style, text) =>
    color ? `\u001b[${styles[style][0]}m${text}\u001b[${styles[style][1]}m` : text;
  const { machine, nvidia, engines, advice } = diagnosis;
  const lines = [
    paint('bold', 'Machine'),
    ...machineLines(machine),
    ...(nvidia === null ? ['  NVIDIA      no GPU found'] : gpuLines(nvidia)),
    '',
    ...(nvidia === null ? [] : [...libraryLines(nvidia, paint), '']),
    paint('bold', `${'Engines'.padEnd(56)}${timed(engines) ? 'ms a step  ms a slice' : ''}`.trimEnd()),
    ...engines.flatMap((trial) => engineLines(trial, paint)),
  ];
  if (timed(engines)) {
    lines.push(
      '',
      '  A step trains the reference U-Net (118,271 weights) on 16 crops of 64×64×7,',
      '  a slice is one prediction of 512×512×7; medians of three seconds.',
    );
  }
  lines.push('', ...conclusion(diagnosis));
  if (advice.length > 0) {
    lines.push('', paint('bold', 'What to do'), ...advice.flatMap((text) => hang('  - ', text)));
  }
  return `${lines.join('\n')}\n`;
}

/** Codes that switch a style on and off. */
const styles = { bold: [1, 22], green: [32, 39], yellow: [33, 39] } as const;

type Paint = (style: keyof typeof styles, text: string) => string;

function timed(engines: readonly EngineTrial[]): boolean {
  return engines.some(({ stepMilliseconds }) => stepMilliseconds !== null);
}

function machineLines(machine: MachineFacts): string[] {
  const { cores, usableCores, cpuLimit, memoryLimitBytes, instructions } = machine;
  const usable = usableCores === cores ? `${cores} cores` : `${usableCores} of ${cores} cores`;
  const share = cpuLimit === null ? '' : `, limited to ${Number(cpuLimit.toFixed(1))} by its container`;
  const limit =
    memoryLimitBytes === null ? '' : `, limited to ${gibibytes(memoryLimitBytes)} by its container`;
  const vectors = instructions.length === 0 ? '' : `, ${instructions.at(-1)}`;
  const memory = `${gibibytes(machine.memoryBytes)}, ${gibibytes(machine.availableMemoryBytes)} available${limit}`;
  return [
    ['Node', machine.node],
    ['System', machine.system],
    ['CPU', `${machine.cpu}, ${usable}${share}${vectors}`],
    ['Memory', memory],
  ].flatMap(([key, value]) => hang(`  ${key!.padEnd(12)}`, value!));
}

function gpuLines({ driver, gpus }: NvidiaDiagnosis): string[] {
  const named = gpus.map(({ index, name, memoryBytes, computeCapability }) => {
    const memory = memoryBytes === null ? '' : `, ${gibibytes(memoryBytes)}`;
    return `GPU ${index}: ${name}${memory}${computeCapability === null ? '' : `, compute ${computeCapability}`}`;
  });
  const [first = 'no GPU answers', ...more] = named;
  const version = driver === null ? 'no driver' : `driver ${driver}`;
  return [
    `  NVIDIA      ${version}; ${first}`,
    ...more.slice(0, 7).map((text) => `${' '.repeat(14)}${text}`),
    ...(more.length > 7 ? [`${' '.repeat(14)}and ${more.length - 7} more`] : []),
  ];
}

/** One row a library, one column a build. */
function libraryLines({ builds }: NvidiaDiagnosis, paint: Paint): string[] {
  const cell = (library: FoundLibrary | undefined): string => {
    if (library === undefined) return '';
    return `${library.soname.padEnd(19)}${library.origin === 'LD_LIBRARY_PATH' ? 'path' : (library.origin ?? 'missing')}`;
  };
  const row = (what: string, cells: readonly string[]) =>
    `  ${what.padEnd(14)}${cells.map((text) => text.padEnd(31)).join('')}`.trimEnd();
  const names = builds.map(({ name, tensorflow }) => `${name} (TF ${tensorflow})`);
  const parts = [...new Set(builds.flatMap(({ libraries }) => libraries.map(({ what }) => what)))];
  const rows = parts.map((what) =>
    row(
      what,
      builds.map(({ libraries }) => cell(libraries.find((library) => library.what === what))),
    ),
  );
  return [
    paint('bold', row('', names).replace(/^ {16}/, 'CUDA for        ')),
    row(
      'driver',
      builds.map(
        ({ minimumDriver, driverSuffices }) =>
          `${minimumDriver.padEnd(19)}${driverSuffices === null ? 'missing' : driverSuffices ? 'ok' : 'too old'}`,
      ),
    ),
    ...rows.map((text) => text.replaceAll('missing', paint('yellow', 'missing'))),
  ];
}

function engineLines(trial: EngineTrial, paint: Paint): string[] {
  const { name, trains, device, version, reason, stepMilliseconds, sliceMilliseconds } = trial;
  const mark = trains ? paint('green', 'yes') : paint('yellow', 'no ');
  const head = `  ${name.padEnd(12)}${mark}  `;
  const columns = 19;
  if (!trains || device === null) return hang(head, reason ?? 'no reason given', columns);
  const untimed = name === 'cpu' ? '  too slow to train with' : '';
  const speed =
    stepMilliseconds === null || sliceMilliseconds === null
      ? untimed
      : `${stepMilliseconds.toFixed(0).padStart(9)}${sliceMilliseconds.toFixed(0).padStart(12)}`;
  const [first, ...more] = wrap(`${device} (${version})`, 37);
  return [
    `${head}${first!.padEnd(37)}${speed}`.trimEnd(),
    ...more.map((line) => ' '.repeat(columns) + line),
    ...(reason === null ? [] : hang(' '.repeat(columns), reason)),
  ];
}

function conclusion({ ok, takes, engines }: Diagnosis): string[] {
  if (takes !== null) {
    const { trains } = engines.find(({ name }) => name === takes)!;
    return [
      trains
        ? `startEngine() takes ${takes}, which trains.`
        : `startEngine() takes ${takes}, which does not train: name another with { prefer }.`,
    ];
  }
  if (engines.length === 1) return [`${engines[0]!.name} ${ok ? 'trains' : 'does not train'}.`];
  return ['startEngine() fails: no engine starts.'];
}

function gibibytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}

/** A text after a prefix of so many columns, its further lines below its first. */
function hang(prefix: string, text: string, columns: number = prefix.length): string[] {
  return wrap(text, width - columns).map((line, i) => (i === 0 ? prefix : ' '.repeat(columns)) + line);
}

function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  const words = text.split(/\s+/).flatMap((word) => (word.length > columns ? cutPath(word, columns) : word));
  for (const word of words) {
    const longer = `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && longer.length <= columns) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** Cuts what is longer than a line after slashes, as paths may be. */
function cutPath(path: string, columns: number): string[] {
  const pieces: string[] = [];
  for (const part of path.split(/(?<=\/)/)) {
    const longer = `${pieces.at(-1) ?? ''}${part}`;
    if (pieces.length > 0 && longer.length <= columns) pieces[pieces.length - 1] = longer;
    else pieces.push(part);
  }
  return pieces;
}
