/** Outcome of one of tfjs-core's specs. */
export interface SpecResult {
  /** Compiled file that defines it, from tfjs-core's `dist/` on, without its extension: `ops/relu_test`. */
  readonly file: string;
  /** Names of its suites and its own, without the backend's; further ones of the same name and file end in `#2`, `#3` … */
  readonly name: string;
  /** `pending`: tfjs-core itself switches it off. */
  readonly status: 'passed' | 'failed' | 'pending';
  /** Messages of what it expected in vain, with their stacks. */
  readonly failures: readonly string[];
  /** Kernels that it called, sorted. */
  readonly kernels: readonly string[];
  /** Kernels that ran on the cpu backend for it, sorted; on `onnx` those that it could not record. */
  readonly onCpu: readonly string[];
  readonly milliseconds: number;
}

/** What a worker is told to run. */
export interface Shard {
  readonly files: readonly string[];
  /** Regular expression on specs' names; the empty one takes all. */
  readonly name: string;
}

/** What a worker tells: a spec begins, a spec ended, or a file or suite failed outside any spec. */
export type Message =
  | { readonly type: 'started'; readonly file: string; readonly name: string }
  | { readonly type: 'done'; readonly result: SpecResult }
  | { readonly type: 'recorded'; readonly kernels: readonly string[] }
  | { readonly type: 'broken'; readonly file: string; readonly message: string }
  | { readonly type: 'end' };

/** What the specs can run against: a file under `backends/`. */
export type BackendName = 'cpu' | 'wasm' | 'onnx' | 'onnx-pending' | 'dying';
