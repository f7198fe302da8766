import { engine, getKernelsForBackend } from '@tensorflow/tfjs-core';
import type { JasmineResult, Reporter } from './jasmine.ts';
import type { Message, SpecResult } from './spec-result.ts';

/** A jasmine reporter that knows which file a spec is from and which kernels it called. */
export interface SpecReporter extends Reporter {
  /** File that is being loaded: what is described now is its. */
  file: string;
  /** A spec's full name without the backend's, so that the same spec has the same name on all. */
  plainName(fullName: string): string;
}

/** Makes a reporter that sends specs' results; needs jasmine's globals. */
export function reportSpecs(backend: string, send: (message: Message) => void): SpecReporter {
  const { called, onCpu } = noteKernels();
  const fileOf = new Map<string | null, string>();
  const seen = new Map<string, number>();
  const plainName = (fullName: string): string => fullName.replace(` ${backend} {}`, '');

  let current = '';
  const reporter: SpecReporter = {
    file: '',
    plainName,
    specStarted({ fullName, parentSuiteId }) {
      const file = fileOf.get(parentSuiteId) ?? '';
      const name = plainName(fullName);
      const count = (seen.get(`${file} ${name}`) ?? 0) + 1;
      seen.set(`${file} ${name}`, count);
      current = count === 1 ? name : `${name} #${count}`;
      called.clear();
      onCpu.clear();
      send({ type: 'started', file, name: current });
    },
    specDone(result) {
      if (result.status === 'excluded') return;
      send({
        type: 'done',
        result: {
          file: fileOf.get(result.parentSuiteId) ?? '',
          name: current,
          status: statusOf(result),
          failures: failuresOf(result),
          kernels: [...called].sort(),
          onCpu: [...onCpu].sort(),
          milliseconds: result.duration ?? 0,
        },
      });
    },
    suiteDone(result) {
      for (const message of failuresOf(result))
        send({ type: 'broken', file: fileOf.get(result.id) ?? '', message });
    },
    jasmineDone(result) {
      for (const message of failuresOf(result)) send({ type: 'broken', file: '', message });
    },
  };
  noteFiles(fileOf, reporter);
  return reporter;
}

function statusOf({ status }: JasmineResult): SpecResult['status'] {
  return status === 'passed' || status === 'pending' ? status : 'failed';
}

function failuresOf({ failedExpectations }: JasmineResult): string[] {
  return failedExpectations.map(({ message, stack }) => `${message}\n${stack}`);
}

/** Notes in sets the kernels that are called, registered or not, and those that the cpu backend runs. */
function noteKernels(): { called: Set<string>; onCpu: Set<string> } {
  const called = new Set<string>();
  const instance = engine();
  const runKernel = instance.runKernel.bind(instance);
  instance.runKernel = (name, inputs, attributes) => {
    called.add(name);
    return runKernel(name, inputs, attributes);
  };
  const onCpu = new Set<string>();
  for (const kernel of getKernelsForBackend('cpu')) {
    const { kernelName, kernelFunc } = kernel;
    kernel.kernelFunc = (parameters) => {
      onCpu.add(kernelName);
      return kernelFunc(parameters);
    };
  }
  return { called, onCpu };
}

type Describe = (name: string, define: () => void) => { id: string };

/** Notes in `fileOf` the file of each suite by the suite's id. */
function noteFiles(fileOf: Map<string | null, string>, loading: { file: string }): void {
  const globals = globalThis as unknown as Record<'describe' | 'xdescribe' | 'fdescribe', Describe>;
  for (const key of ['describe', 'xdescribe', 'fdescribe'] as const) {
    const original = globals[key];
    globals[key] = (name, define) => {
      const suite = original(name, define);
      fileOf.set(suite.id, loading.file);
      return suite;
    };
  }
}
