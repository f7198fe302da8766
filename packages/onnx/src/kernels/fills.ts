import { shared } from '@tensorflow/tfjs-backend-cpu';
import { type DataType, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { OnnxBackend } from '../backend.ts';
import type { ElementType, HostData } from '../graph/element-type.ts';
import { hostData, newValue } from '../graph/recorder.ts';
import { type RecordedKernel, recorded } from './recorded-kernel.ts';

/** Tensors whose elements follow from attributes. */
export const fills: readonly RecordedKernel[] = [
  recorded('ZerosLike', ({ inputs, backend }) => like(backend, inputs.x!, 0)),
  recorded('OnesLike', ({ inputs, backend }) => like(backend, inputs.x!, 1)),
  recorded<{ shape: number[]; value: number | string; dtype?: DataType }>('Fill', ({ attrs, backend }) => {
    const { shape, value, dtype = util.inferDtype(value) } = attrs;
    if (typeof value === 'string' || dtype === 'string' || dtype === 'complex64') return undefined;
    return util.sizeFromShape(shape) === 0 ? undefined : fill(backend, shape, value, dtype as ElementType);
  }),
  recorded<{ start: number; stop: number; step: number; dtype: 'float32' | 'int32' }>(
    'Range',
    ({ attrs: { start, stop, step, dtype }, backend }) =>
      list(backend, dtype, shared.rangeImpl(start, stop, step, dtype) as HostData),
  ),
  recorded<{ start: number; stop: number; num: number }>(
    'LinSpace',
    ({ attrs: { start, stop, num }, backend }) =>
      list(backend, 'float32', shared.linSpaceImpl(start, stop, num) as HostData),
  ),
];

function like(backend: OnnxBackend, { shape, dtype }: TensorInfo, number: number): TensorInfo {
  return fill(backend, shape, number, dtype as ElementType);
}

/** One number everywhere. Only 0 and 1 are written into the graph: others may differ from step to step. */
function fill(backend: OnnxBackend, shape: readonly number[], number: number, type: ElementType): TensorInfo {
  const { recorder } = backend;
  const fixed = number === 0 || number === 1;
  const scalar = fixed
    ? recorder.scalar(number, type)
    : newValue({ type, shape: [] }, hostData(type, [number]));
  if (shape.length === 0) return backend.tensorOf(scalar);
  return backend.tensorOf(recorder.filled(scalar, shape));
}

/** Numbers that are known now, as an input of the graph. */
function list(backend: OnnxBackend, type: ElementType, data: HostData): TensorInfo {
  return backend.tensorOf(newValue({ type, shape: [data.length] }, data));
}
