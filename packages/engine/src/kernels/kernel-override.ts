import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { NamedAttrMap, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';

/** What tfjs hands to a kernel of the wasm backend. */
export interface KernelArguments {
  readonly inputs: NamedTensorInfoMap;
  readonly attrs: NamedAttrMap | undefined;
  readonly backend: BackendWasm;
}

/** The kernel that was registered before ours, for the cases that ours leaves to it. */
export type Upstream = (args: KernelArguments) => TensorInfo | TensorInfo[];

/** A kernel of ours that replaces, or adds to, what tfjs-backend-wasm registers under that name. */
export interface KernelOverride {
  readonly kernelName: string;
  kernelFunc(args: KernelArguments, upstream: Upstream): TensorInfo | TensorInfo[];
}
