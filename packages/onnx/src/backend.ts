import {
  type backend_util,
  type DataMover,
  DataStorage,
  type DataType,
  engine,
  KernelBackend,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import type { ElementType, HostData } from './graph/element-type.ts';
import { buildProgram, type Program } from './graph/program.ts';
import { forget, newValue, Recorder, sameShape } from './graph/recorder.ts';
import { wholeRounds } from './graph/rounds.ts';
import type { Layout, Value } from './graph/value.ts';
import { interleave, isUniform, ownCopy } from './host-data.ts';
import { toPlain } from './to-plain.ts';

type DataId = TensorInfo['dataId'];
type BackendValues = backend_util.BackendValues;

/** What stands behind one of tfjs' data ids. */
interface TensorData {
  refCount: number;
  readonly dtype: DataType;
  /** Numbers and booleans: a recorded value, pending or on the host. */
  readonly value?: Value;
  /** Strings, which the runtime never sees. */
  readonly strings?: Uint8Array[];
  /** Complex numbers: two tensors of numbers. */
  readonly complex?: ComplexParts;
}

/** The two tensors of a complex one. */
export interface ComplexParts {
  readonly real: TensorInfo;
  readonly imag: TensorInfo;
}

/** What runs recorded programs, so that the data of their outputs are known; `Sessions` is one. */
export interface ProgramRunner {
  /** Whether recorded programs are run, in parts where they grow too long; else they are written down for any sizes. */
  readonly inParts: boolean;
  run(program: Program, weights: ReadonlySet<Value>): void;
  dispose(): void;
}

/** With more nodes than this pending, a new host tensor closes the graph if it has the size of a batch: a step begins. */
const comfortable = 512;
/** Elements of what is taken for a batch rather than for a factor or a rate. */
const batchSize = 256;
/** With more nodes than this pending, the next kernel looks for a loop, and runs its whole rounds. */
const long = 2048;
/** With more nodes than this pending, the next kernel closes the graph wherever it is. */
const limit = 16_384;
/** With more bytes written than this for pending nodes, they run before any more are. */
const byteLimit = 2 ** 28;

/** A TensorFlow.js backend whose kernels record an ONNX graph, which runs when somebody reads a tensor. */
export class OnnxBackend extends KernelBackend {
  readonly recorder: Recorder;
  readonly data: DataStorage<TensorData>;
  readonly #runner: ProgramRunner;
  /** How many pending nodes make the next look for a loop. */
  #nextLook = long;
  /** Bytes written since the first pending node was recorded: they stay until it runs, whether or not anybody holds them. */
  #bytesWritten = 0;

  /** Channels of a pixel that the runtime's fast convolutions keep together; 0 without such. */
  readonly block: 0 | 8 | 16;

  /**
   * @param block As `probeBlock` finds it; with 0, only standard operators are recorded.
   * @param mover Brings tensors of other backends here; default tfjs' engine, which takes them away from there.
   */
  constructor(runner: ProgramRunner, block: 0 | 8 | 16 = 0, mover: DataMover = engine()) {
    super();
    this.data = new DataStorage(this, mover);
    this.recorder = new Recorder(runner.inParts);
    this.#runner = runner;
    this.block = block;
  }

  // --- Values behind tensors

  /** The value behind a tensor, in whatever layout it has, with the tensor's shape. */
  value({ dataId, shape }: TensorInfo): Value {
    const { value } = this.data.get(dataId);
    if (value === undefined) throw new TypeError('Cannot record a tensor of strings or complex numbers');
    if (this.#runner.inParts && isLost(value)) throw lost();
    return sameShape(value.shape, shape) ? value : this.recorder.reshape(value, shape);
  }

  /** The value behind a tensor in a given layout. */
  valueIn(tensor: TensorInfo, layout: Layout): Value {
    return this.recorder.withLayout(this.value(tensor), layout);
  }

  /** The layout in which convolutions with so many output channels are fastest. */
  layoutFor(channels: number): Layout {
    return this.blockedLayout && channels % this.block === 0 ? this.blockedLayout : 'nchw';
  }

  /** The layout of images whose channels fill blocks, if the runtime has fast convolutions for it. */
  get blockedLayout(): Layout | undefined {
    return this.block === 0 ? undefined : `nchw${this.block}c`;
  }

  /** The elements of a tensor in plain order if they are on the host already; nothing is run. */
  hostOf({ dataId }: TensorInfo): HostData | undefined {
    const { value } = this.data.get(dataId);
    return value?.data && toPlain(value, value.data);
  }

  /** A new tensor that shows a value. */
  tensorOf(
    value: Value,
    dtype: DataType = value.type as DataType,
    shape: readonly number[] = value.shape,
  ): TensorInfo {
    const dataId = {};
    value.holders++;
    this.data.set(dataId, { refCount: 1, dtype, value });
    return { dataId, shape: [...shape], dtype };
  }

  /** A tensor that shows the same data as another, perhaps under another shape. */
  share({ dataId, dtype }: TensorInfo, shape: readonly number[]): TensorInfo {
    this.incRef(dataId);
    return { dataId, shape: [...shape], dtype };
  }

  /** The parts of a complex tensor. */
  partsOf({ dataId }: TensorInfo): ComplexParts {
    const { complex } = this.data.get(dataId);
    if (complex === undefined) throw new TypeError('Cannot take the parts of a tensor that is not complex');
    return complex;
  }

  /** A complex tensor of two tensors, which it shares. */
  complexOf(real: TensorInfo, imag: TensorInfo): TensorInfo {
    const dataId = {};
    const complex = { real: this.share(real, real.shape), imag: this.share(imag, imag.shape) };
    this.data.set(dataId, { refCount: 1, dtype: 'complex64', complex });
    return { dataId, shape: real.shape, dtype: 'complex64' };
  }

  // --- Running

  /** Runs all that is pending and still shown by a tensor. */
  flush(): void {
    this.#run(this.recorder.pending.length);
    this.#bytesWritten = 0;
  }

  /** Runs the first of the pending nodes: what tensors show, and what the others read. */
  #run(count: number): void {
    this.#nextLook = long;
    const nodes = this.recorder.take(count);
    const read = new Set(this.recorder.pending.flatMap(({ inputs }) => inputs));
    const outputs = nodes
      .flatMap((node) => node.outputs)
      .filter((output) => output.holders > 0 || read.has(output));
    try {
      if (outputs.length > 0) this.#runner.run(buildProgram(nodes, outputs), this.#weights());
    } catch (error) {
      // The others read what is lost.
      forget(this.recorder.take());
      throw error;
    } finally {
      forget(nodes);
    }
  }

  /** Values of the program's variables, which change in training only. */
  #weights(): Set<Value> {
    const values = new Set<Value>();
    for (const { dataId } of Object.values(engine().registeredVariables)) {
      // A variable may live on another backend.
      const value = this.data.has(dataId) ? this.data.get(dataId).value : undefined;
      if (value) values.add(value);
    }
    return values;
  }

  /** Called before a kernel records, when all values that will be needed are behind tensors. */
  cutIfLong(): void {
    if (!this.#runner.inParts) return;
    const { pending } = this.recorder;
    if (pending.length > limit) {
      this.flush();
      return;
    }
    if (pending.length <= this.#nextLook) return;
    this.#nextLook *= 2;
    const count = wholeRounds(pending);
    if (count > 0) this.#run(count);
  }

  /** Called before elements are written: runs what is pending if a step begins, or if it keeps too many. */
  #cutBefore(elements: number, bytes: number): void {
    const pending = this.recorder.pending.length;
    if (!this.#runner.inParts || pending === 0) this.#bytesWritten = 0;
    else if (elements >= batchSize && pending > comfortable) this.flush();
    else if (this.#bytesWritten + bytes > byteLimit) this.flush();
    else this.#bytesWritten += bytes;
  }

  // --- What tfjs asks of a backend

  override write(values: BackendValues, shape: number[], dtype: DataType): DataId {
    const dataId = {};
    this.move(dataId, values, shape, dtype, 1);
    return dataId;
  }

  override move(
    dataId: DataId,
    values: BackendValues,
    shape: number[],
    dtype: DataType,
    refCount: number,
  ): void {
    if (dtype === 'string') {
      this.data.set(dataId, { refCount, dtype, strings: values as Uint8Array[] });
      return;
    }
    if (dtype === 'complex64') {
      const [real, imag] = [0, 1].map((part) => this.#part(values as Float32Array, part, shape));
      this.data.set(dataId, { refCount, dtype, complex: { real: real!, imag: imag! } });
      return;
    }
    const value = this.#written(dtype as ElementType, values, shape);
    value.holders++;
    this.data.set(dataId, { refCount, dtype, value });
  }

  /** Every second number: tfjs moves complex numbers as pairs. */
  #part(pairs: Float32Array, part: number, shape: number[]): TensorInfo {
    const numbers = Float32Array.from({ length: pairs.length / 2 }, (_, i) => pairs[2 * i + part]!);
    return { dataId: this.write(numbers, shape, 'float32'), shape, dtype: 'float32' };
  }

  #written(type: ElementType, values: BackendValues, shape: readonly number[]): Value {
    const numbers = values as Float32Array;
    // In what is written down for any sizes, few numbers now may be many then.
    if (numbers.length >= (this.#runner.inParts ? batchSize : 2)) {
      // tfjs writes out the zeros and ones of its gradients; they are never fed.
      const number = numbers[0]!;
      if ((number === 0 || number === 1) && isUniform(numbers)) {
        return this.recorder.filled(this.recorder.scalar(number, type), shape);
      }
    }
    this.#cutBefore(numbers.length, numbers.byteLength);
    return newValue({ type, shape: [...shape] }, ownCopy(type, values));
  }

  override readSync(dataId: DataId): BackendValues {
    const { value, strings, complex } = this.data.get(dataId);
    if (strings) return strings;
    if (complex) {
      const real = this.readSync(complex.real.dataId) as Float32Array;
      const imag = this.readSync(complex.imag.dataId) as Float32Array;
      return interleave(real, imag);
    }
    if (value!.data === undefined) this.flush();
    if (value!.data === undefined) throw lost();
    const plain = toPlain(value!, value!.data);
    // The caller may write into what it gets.
    return (plain === value!.data ? plain.slice() : plain) as BackendValues;
  }

  override async read(dataId: DataId): Promise<BackendValues> {
    return this.readSync(dataId);
  }

  override refCount(dataId: DataId): number {
    return this.data.has(dataId) ? this.data.get(dataId).refCount : 0;
  }

  override incRef(dataId: DataId): void {
    this.data.get(dataId).refCount++;
  }

  override disposeData(dataId: DataId, force = false): boolean {
    if (!this.data.has(dataId)) return true;
    const entry = this.data.get(dataId);
    entry.refCount--;
    if (!force && entry.refCount > 0) return false;
    if (entry.value) entry.value.holders--;
    if (entry.complex) {
      this.disposeData(entry.complex.real.dataId);
      this.disposeData(entry.complex.imag.dataId);
    }
    this.data.delete(dataId);
    return true;
  }

  override numDataIds(): number {
    return this.data.numDataIds();
  }

  override memory(): { unreliable: boolean; reasons: string[] } {
    return {
      unreliable: true,
      reasons: ['Sessions of ONNX Runtime keep memory of their own for values inside their graphs.'],
    };
  }

  override async time(f: () => void): Promise<{ kernelMs: number }> {
    this.flush();
    const start = util.now();
    f();
    this.flush();
    return { kernelMs: util.now() - start };
  }

  override timerAvailable(): boolean {
    return true;
  }

  override floatPrecision(): 16 | 32 {
    return 32;
  }

  override epsilon(): number {
    return super.epsilon();
  }

  override dispose(): void {
    forget(this.recorder.take());
    this.#runner.dispose();
  }
}

/** Whether a value's node was dropped before it ran. */
function isLost({ data, node }: Value): boolean {
  return data === undefined && node === undefined;
}

function lost(): Error {
  return new Error('Cannot use the tensor: the graph that would have computed it failed; compute it anew');
}
