import type { NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { OnnxBackend } from '../backend.ts';

/** A kernel's inputs by name; some kernels have a list. */
export type KernelInputs = Readonly<Record<string, TensorInfo>>;

/** What a recorded kernel gets. */
export interface KernelArguments<Attributes = NamedAttrMap> {
  readonly inputs: KernelInputs;
  readonly attrs: Attributes;
  readonly backend: OnnxBackend;
}

/**
 * A kernel that records nodes.
 *
 * It never sees strings, complex numbers or empty tensors (those go to the cpu backend), and returns undefined, before it
 * has recorded anything, for a case that ONNX computes otherwise: that goes to the cpu backend, too.
 */
export interface RecordedKernel {
  readonly kernelName: string;
  readonly record: (args: KernelArguments<never>) => TensorInfo | TensorInfo[] | undefined;
}

/** Declares a kernel, with the types of its attributes. */
export function recorded<Attributes = NamedAttrMap>(
  kernelName: string,
  record: (args: KernelArguments<Attributes>) => TensorInfo | TensorInfo[] | undefined,
): RecordedKernel {
  return { kernelName, record: record as RecordedKernel['record'] };
}
