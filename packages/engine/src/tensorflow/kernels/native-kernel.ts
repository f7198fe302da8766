import type { NamedAttrMap, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { Binding, NativeBackend, OpAttribute } from '../native-backend.ts';

/** What tfjs hands to a kernel of the native backend. */
export interface NativeArguments {
  readonly inputs: NamedTensorInfoMap;
  readonly attrs: NamedAttrMap | undefined;
  readonly backend: NativeBackend;
}

/** The kernel of tfjs-node that was registered before ours, for the cases that ours leaves to it. */
export type NativeUpstream = (args: NativeArguments) => TensorInfo | TensorInfo[];

/** A kernel of ours that replaces, or adds to, what tfjs-node registers under that name. */
export interface NativeKernel {
  readonly kernelName: string;
  kernelFunc(args: NativeArguments, upstream: NativeUpstream): TensorInfo | TensorInfo[];
}

/** Attribute that says that the operation works on float32. */
export function float32(binding: Binding, name = 'T'): OpAttribute {
  return { name, type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT };
}

/** Attribute that says that channels are the last axis. */
export function channelsLast(binding: Binding): OpAttribute {
  return { name: 'data_format', type: binding.TF_ATTR_STRING, value: 'NHWC' };
}
