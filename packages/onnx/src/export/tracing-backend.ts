import { type backend_util, engine, type TensorInfo } from '@tensorflow/tfjs-core';
import { OnnxBackend, type ProgramRunner } from '../backend.ts';
import type { ElementType, HostData } from '../graph/element-type.ts';
import { newValue } from '../graph/recorder.ts';
import type { Value } from '../graph/value.ts';

type DataId = TensorInfo['dataId'];

/** Values that stand for tensors of other backends. */
export type Borrowed = Map<DataId, Value>;

/**
 * A backend that records and never runs. Tensors of other backends, such as a model's weights, stay where they are: it
 * works on copies.
 */
export class TracingBackend extends OnnxBackend {
  readonly #borrowed: Borrowed;

  /** @param borrowed Tensors known already; further ones are added. */
  constructor(borrowed: Borrowed) {
    super(refuse, 0, { moveData: (_, dataId) => this.#borrow(dataId) });
    this.#borrowed = borrowed;
  }

  #borrow(dataId: DataId): void {
    const info = engine().state.tensorInfo.get(dataId)!;
    let value = this.#borrowed.get(dataId);
    if (value === undefined) {
      value = copyOf(info, engine().readSync(dataId));
      this.#borrowed.set(dataId, value);
    }
    this.data.set(dataId, { refCount: 1, dtype: info.dtype, value });
  }

  /** A copy's data id counts references on the backend that it came from, so what shares it here gets one of its own. */
  override share(tensor: TensorInfo, shape: readonly number[]): TensorInfo {
    const value = this.#borrowed.get(tensor.dataId);
    return value ? this.tensorOf(value, tensor.dtype, shape) : super.share(tensor, shape);
  }

  override readSync(dataId: DataId): backend_util.BackendValues {
    const { value } = this.data.get(dataId);
    return value && value.data === undefined ? refuse.run() : super.readSync(dataId);
  }
}

/** A value with the numbers of another backend's tensor. */
export function copyOf(
  { dtype, shape }: Pick<TensorInfo, 'dtype' | 'shape'>,
  numbers: backend_util.BackendValues,
): Value {
  return newValue({ type: dtype as ElementType, shape }, numbers.slice() as HostData);
}

const refuse = {
  inParts: false,
  run(): never {
    throw new Error('ONNX has no operator for it, or the layer looks at numbers, which only an input has');
  },
  dispose(): void {},
} satisfies ProgramRunner;
