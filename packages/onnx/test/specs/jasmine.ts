import { createRequire } from 'node:module';

/** What we call of jasmine-core, which brings no types. */
export interface Jasmine {
  DEFAULT_TIMEOUT_INTERVAL: number;
  getEnv(): JasmineEnv;
}

interface JasmineEnv {
  configure(options: {
    random: boolean;
    seed: number;
    forbidDuplicateNames: boolean;
    specFilter(spec: { getFullName(): string }): boolean;
  }): void;
  addReporter(reporter: Reporter): void;
  execute(): Promise<unknown>;
}

export interface Reporter {
  specStarted?(result: JasmineResult): void;
  specDone?(result: JasmineResult): void;
  suiteDone?(result: JasmineResult): void;
  jasmineDone?(result: JasmineResult): void;
}

/** Result of a spec or suite. */
export interface JasmineResult {
  readonly id: string;
  readonly fullName: string;
  readonly parentSuiteId: string | null;
  readonly status: string;
  readonly duration: number | null;
  readonly failedExpectations: readonly { readonly message: string; readonly stack: string }[];
}

const require = createRequire(import.meta.url);

/** Puts jasmine's functions (`describe`, `it`, `expect`, …) on the global object. */
export function bootJasmine(): Jasmine {
  return require('jasmine-core').boot();
}
