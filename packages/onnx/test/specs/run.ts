// Runs tfjs-core's specs and prints failures in full, for whoever writes kernels:
//   pnpm --filter @lunet/onnx specs relu 'conv2d(?!_depthwise)'     files whose name matches one of the expressions
//   pnpm --filter @lunet/onnx specs --name 'NaN' --kernels --backend cpu
import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { judgeSpecs } from './judge-specs.ts';
import { runSpecs, type SpecRun } from './run-specs.ts';
import { skips } from './skips.ts';
import type { BackendName, SpecResult } from './spec-result.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    backend: { type: 'string', default: 'onnx' },
    name: { type: 'string', default: '' },
    workers: { type: 'string' },
    brief: { type: 'boolean', default: false },
    kernels: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});

const started = performance.now();
const focused = positionals.length > 0 || values.name !== '';
const run = await runSpecs(backendOf(values.backend), {
  files: positionals,
  name: values.name,
  workers: Number(values.workers ?? (focused ? 1 : Math.min(2, availableParallelism()))),
  verbose: focused && !values.brief,
});
const { passed, failed, skipped, stale } = judgeSpecs(run, values.backend.startsWith('onnx') ? skips : []);

for (const result of failed) console.log(describeFailure(result, values.brief));
for (const { file, message } of run.broken) console.log(`✗ ${file} outside any spec: ${message}\n`);
for (const { file, name, why } of stale)
  console.log(`✗ ${file} › ${name} is listed in skips.ts, but: ${why}\n`);
if (values.kernels) printKernels(run);
if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(run.results, null, 1)}\n`);
console.log(
  `${passed} passed, ${failed.length + run.broken.length + stale.length} failed, ${skipped.length} skipped` +
    ` on ${values.backend} in ${((performance.now() - started) / 1000).toFixed(1)} s`,
);
process.exitCode = failed.length + run.broken.length + stale.length > 0 ? 1 : 0;

function backendOf(name: string): BackendName {
  const known: readonly BackendName[] = ['cpu', 'wasm', 'onnx', 'onnx-pending'];
  const found = known.find((backend) => backend === name);
  if (found === undefined)
    throw new RangeError(`Cannot run specs on backend "${name}": know ${known.join(', ')}`);
  return found;
}

function describeFailure({ file, name, failures, kernels, onCpu }: SpecResult, brief: boolean): string {
  const called = kernels.map((kernel) => (onCpu.includes(kernel) ? `(${kernel})` : kernel)).join(' ');
  const text = failures
    .map((failure) => (brief ? (failure.split('\n')[0] ?? '') : ownFrames(failure)))
    .join('\n');
  return `✗ ${file} › ${name}\n  kernels: ${called}\n${text.replaceAll(/^/gm, '  ')}\n`;
}

/** A message and its stack without the test framework's frames. */
function ownFrames(failure: string): string {
  return failure
    .split('\n')
    .filter((line) => !/^\s+at .*(jasmine-core|node:internal)/.test(line))
    .join('\n');
}

/** Prints a line for each kernel: whether it is recorded, how its specs fare, and in which files they are. */
function printKernels({ results, recorded }: SpecRun): void {
  const kernels = [...new Set(results.flatMap((result) => result.kernels))].sort();
  for (const kernel of kernels) {
    const users = results.filter((result) => result.kernels.includes(kernel));
    const bad = users.filter(({ status }) => status === 'failed').length;
    const onCpu = users.filter((result) => result.onCpu.includes(kernel)).length;
    const how =
      recorded === undefined ? '' : recorded.has(kernel) ? `recorded, ${onCpu} on cpu; ` : 'on cpu; ';
    const files = [...new Set(users.map(({ file }) => file))].join(' ');
    console.log(`${kernel}: ${how}${users.length - bad} of ${users.length} pass; ${files}`);
  }
}
