import type { InferenceSession } from 'onnxruntime-node';
import type { NativeSession, OnnxRuntime } from '../runtime/onnxruntime.ts';
import { encodeModel } from './model.ts';
import { nameOf, type Program } from './program.ts';
import { physicalShape } from './value.ts';

/** Sessions kept; the one unused for longest goes first. */
const capacity = 256;

interface Entry {
  readonly signature: Int32Array;
  readonly session: NativeSession;
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly fetches: Readonly<Record<string, null>>;
}

/** Sessions of the graphs that were run, by their signatures. */
export class Sessions {
  /** Sessions built so far. */
  built = 0;
  readonly #runtime: OnnxRuntime;
  readonly #options: InferenceSession.SessionOptions;
  /** In the order of last use. */
  readonly #entries = new Map<string, Entry>();

  constructor(runtime: OnnxRuntime, options: InferenceSession.SessionOptions) {
    this.#runtime = runtime;
    this.#options = options;
  }

  /** Runs a program; its outputs' data are known afterwards. */
  run(program: Program): void {
    const entry = this.#entryOf(program);
    const { Tensor } = this.#runtime;
    const feeds: Record<string, InstanceType<typeof Tensor>> = {};
    program.inputs.forEach((value, i) => {
      feeds[entry.inputNames[i]!] = new Tensor(value.type, value.data as Float32Array, physicalShape(value));
    });
    const results = entry.session.run(feeds, entry.fetches, {});
    program.outputs.forEach((value, i) => {
      value.data = results[entry.outputNames[i]!]!.data as Float32Array;
    });
  }

  #entryOf(program: Program): Entry {
    const key = keyOf(program.signature);
    let entry = this.#entries.get(key);
    if (entry) {
      this.#entries.delete(key);
    } else {
      entry = this.#build(program);
      if (this.#entries.size >= capacity) {
        const [oldest, { session }] = this.#entries.entries().next().value!;
        session.dispose();
        this.#entries.delete(oldest);
      }
    }
    this.#entries.set(key, entry);
    return entry;
  }

  #build(program: Program): Entry {
    const model = encodeModel({ ...program, initializers: program.constants });
    const session = this.#runtime.createSession(model, this.#options);
    this.built++;
    const outputNames = program.outputs.map(nameOf);
    return {
      signature: program.signature,
      session,
      inputNames: program.inputs.map(nameOf),
      outputNames,
      fetches: Object.fromEntries(outputNames.map((name) => [name, null])),
    };
  }

  dispose(): void {
    for (const { session } of this.#entries.values()) session.dispose();
    this.#entries.clear();
  }
}

/** The numbers' own bytes as a string: a key that is equal only where all numbers are. */
function keyOf(signature: Int32Array): string {
  return Buffer.from(signature.buffer, signature.byteOffset, signature.byteLength).toString('latin1');
}
