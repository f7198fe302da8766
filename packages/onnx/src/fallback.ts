import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import { type DataType, getKernel, type NamedAttrMap, type TensorInfo } from '@tensorflow/tfjs-core';
import type { OnnxBackend } from './backend.ts';
import type { KernelInputs } from './kernels/recorded-kernel.ts';

let cpu: MathBackendCPU | undefined;
const told = new Set<string>();

/**
 * Runs a kernel of the cpu backend on the host: reads its inputs, which runs what is pending, and writes its outputs.
 *
 * A kernel that this backend does not record at all is named in one warning.
 */
export function runOnCpu(
  kernelName: string,
  { inputs, attrs, backend }: { inputs: KernelInputs; attrs: NamedAttrMap | undefined; backend: OnnxBackend },
  warn: boolean,
): TensorInfo | TensorInfo[] {
  if (warn && !told.has(kernelName)) {
    told.add(kernelName);
    console.warn(`@lunet/onnx does not record ${kernelName}: it runs on the cpu backend, which may be slow`);
  }
  cpu ??= quietCpu();
  const moved = cpu;
  const made: TensorInfo[] = [];
  const move = (tensor: TensorInfo): TensorInfo => {
    try {
      const info = moveTo(moved, backend, tensor);
      made.push(info);
      return info;
    } catch (cause) {
      throw new Error(`Cannot read the inputs of ${kernelName}: ${(cause as Error).message}`, { cause });
    }
  };
  const kernel = getKernel(kernelName, 'cpu');
  if (kernel == null)
    throw new Error(`Cannot run ${kernelName}: neither this backend nor the cpu backend has it`);
  try {
    const entries = Object.entries(inputs).map(([name, tensor]) => [
      name,
      tensor == null ? tensor : Array.isArray(tensor) ? tensor.map(move) : move(tensor),
    ]);
    const copies = Array.isArray(inputs) ? entries.map(([, tensor]) => tensor) : Object.fromEntries(entries);
    const results = kernel.kernelFunc({ inputs: copies, attrs, backend: moved } as never);
    const list = Array.isArray(results) ? results : [results];
    made.push(...list);
    const outputs = list.map((tensor) => moveFrom(moved, backend, tensor));
    return Array.isArray(results) ? outputs : outputs[0]!;
  } finally {
    for (const tensor of made) moved.disposeData(tensor.dataId);
  }
}

/** The cpu backend says at its first use that it is slow, which is said better above. */
function quietCpu(): MathBackendCPU {
  const backend = new MathBackendCPU();
  (backend as unknown as { firstUse: boolean }).firstUse = false;
  return backend;
}

function moveTo(cpu: MathBackendCPU, backend: OnnxBackend, tensor: TensorInfo): TensorInfo {
  if (tensor.dtype !== 'complex64') {
    const info = cpu.makeTensorInfo(tensor.shape, tensor.dtype, backend.readSync(tensor.dataId));
    // Dilation2DBackpropInput and -Filter take their inputs for whole tensors.
    return Object.assign(info, { rank: tensor.shape.length });
  }
  const { real, imag } = backend.partsOf(tensor);
  const info = cpu.makeTensorInfo(tensor.shape, 'complex64');
  cpu.data.get(info.dataId).complexTensorInfos = {
    real: moveTo(cpu, backend, { ...real, shape: tensor.shape }),
    imag: moveTo(cpu, backend, { ...imag, shape: tensor.shape }),
  };
  return info;
}

function moveFrom(cpu: MathBackendCPU, backend: OnnxBackend, tensor: TensorInfo): TensorInfo {
  if (tensor.dtype !== 'complex64') {
    const values = cpu.data.get(tensor.dataId).values!;
    const dataId = backend.write(values, tensor.shape, tensor.dtype as DataType);
    return { dataId, shape: tensor.shape, dtype: tensor.dtype };
  }
  const { real, imag } = cpu.data.get(tensor.dataId).complexTensorInfos!;
  const parts = [real, imag].map((part) => moveFrom(cpu, backend, { ...part, shape: tensor.shape }));
  const complex = backend.complexOf(parts[0]!, parts[1]!);
  for (const part of parts) backend.disposeData(part.dataId);
  return complex;
}
