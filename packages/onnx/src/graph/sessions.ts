import { totalmem } from 'node:os';
import type { InferenceSession } from 'onnxruntime-node';
import type { ProgramRunner } from '../backend.ts';
import { type NativeSession, type OnnxRuntime, reasonOf } from '../runtime/onnxruntime.ts';
import { ChangingConstants } from './changing-constants.ts';
import { fuseConvolutions } from './fuse-convolutions.ts';
import { encodeModel } from './model.ts';
import { keyOf, nameOf, type Program } from './program.ts';
import { physicalShape, type Value } from './value.ts';

/** Sessions kept; the one unused for longest goes first. */
const capacity = 256;
/** Bytes of the values inside the graphs of all sessions that are kept: an upper bound of what their arenas hold. */
const byteCapacity = Math.min(2 ** 32, totalmem() / 4);
/** After so many runs with the same weights, a session is made that has them built in. */
const runsUntilFrozen = 3;

/** A graph that was run, and will be again. */
interface Entry {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly fetches: Readonly<Record<string, null>>;
  readonly bytes: number;
  readonly session: NativeSession;
  /** The weights of the last run, by their place among the inputs, and for how many runs they were those. */
  weights: ReadonlyMap<number, WeakRef<Value>>;
  repeats: number;
  /** A session with these weights as constants, for which the runtime folds and reorders what it can. */
  frozen: NativeSession | undefined;
}

/** Sessions of the graphs that were run, by their signatures. */
export class Sessions implements ProgramRunner {
  readonly inParts = true;
  /** Sessions built so far. */
  built = 0;
  readonly #runtime: OnnxRuntime;
  readonly #options: InferenceSession.SessionOptions;
  /** In the order of last use. */
  readonly #entries = new Map<string, Entry>();
  readonly #changing = new ChangingConstants();
  #bytes = 0;

  constructor(runtime: OnnxRuntime, options: InferenceSession.SessionOptions) {
    this.#runtime = runtime;
    this.#options = options;
  }

  /**
   * Runs a program; its outputs' data are known afterwards.
   *
   * @param weights Values that are likely to stay: once they have, they become constants of a session of their own.
   * @throws {Error} if an operator cannot compute; the message says which and why.
   */
  run(recorded: Program, weights: ReadonlySet<Value>): void {
    const program = this.#changing.feed(recorded);
    const entry = this.#entryOf(program);
    const held = heldWeights(program, weights);
    if (held.size > 0 && sameValues(held, entry.weights)) {
      entry.repeats++;
      if (entry.repeats === runsUntilFrozen) {
        entry.frozen = this.#build(program, held);
        this.#bytes += entry.bytes;
      }
    } else {
      this.#thaw(entry);
      entry.repeats = 0;
      entry.weights = new Map([...held].map(([i, value]) => [i, new WeakRef(value)]));
    }
    const { Tensor } = this.#runtime;
    const feeds: Record<string, InstanceType<typeof Tensor>> = {};
    program.inputs.forEach((value, i) => {
      if (entry.frozen && held.has(i)) return;
      feeds[entry.inputNames[i]!] = new Tensor(value.type, value.data as Float32Array, physicalShape(value));
    });
    let results: ReturnType<NativeSession['run']>;
    try {
      results = (entry.frozen ?? entry.session).run(feeds, entry.fetches, {});
    } catch (cause) {
      throw new Error(`Cannot run the recorded graph: ${reasonOf(cause)}`, { cause });
    }
    program.outputs.forEach((value, i) => {
      value.data = results[entry.outputNames[i]!]!.data as Float32Array;
    });
  }

  #entryOf(program: Program): Entry {
    const held = program.constants.map(({ slot, constant }) => `${slot}:${constant}`);
    const key = `${held} ${keyOf(program.signature)}`;
    let entry = this.#entries.get(key);
    if (entry) {
      this.#entries.delete(key);
    } else {
      const outputNames = program.outputs.map(nameOf);
      entry = {
        inputNames: program.inputs.map(nameOf),
        outputNames,
        fetches: Object.fromEntries(outputNames.map((name) => [name, null])),
        bytes: bytesInside(program),
        session: this.#build(program, new Map()),
        weights: new Map(),
        repeats: 0,
        frozen: undefined,
      };
      this.#bytes += entry.bytes;
    }
    this.#entries.set(key, entry);
    while (this.#entries.size > capacity || (this.#bytes > byteCapacity && this.#entries.size > 2)) {
      this.#drop(this.#entries.keys().next().value!);
    }
    return entry;
  }

  #build(program: Program, held: ReadonlyMap<number, Value>): NativeSession {
    this.built++;
    const inputs = program.inputs.filter((_, i) => !held.has(i));
    const initializers = [...program.constants, ...held.values()];
    const nodes = fuseConvolutions(program);
    return this.#runtime.createSession(
      encodeModel({ ...program, nodes, inputs, initializers }),
      this.#options,
    );
  }

  #thaw(entry: Entry): void {
    if (entry.frozen === undefined) return;
    entry.frozen.dispose();
    entry.frozen = undefined;
    this.#bytes -= entry.bytes;
  }

  #drop(key: string): void {
    const entry = this.#entries.get(key)!;
    this.#thaw(entry);
    entry.session.dispose();
    this.#bytes -= entry.bytes;
    this.#entries.delete(key);
  }

  dispose(): void {
    for (const key of [...this.#entries.keys()]) this.#drop(key);
  }
}

function heldWeights({ inputs }: Program, weights: ReadonlySet<Value>): Map<number, Value> {
  const held = new Map<number, Value>();
  inputs.forEach((value, i) => {
    if (weights.has(value)) held.set(i, value);
  });
  return held;
}

function sameValues(a: ReadonlyMap<number, Value>, b: ReadonlyMap<number, WeakRef<Value>>): boolean {
  if (a.size !== b.size) return false;
  for (const [i, value] of a) if (b.get(i)?.deref() !== value) return false;
  return true;
}

function bytesInside({ nodes }: Program): number {
  let elements = 0;
  for (const { outputs } of nodes)
    for (const { shape } of outputs) elements += shape.reduce((a, b) => a * b, 1);
  return 4 * elements;
}
