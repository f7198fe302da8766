import type { SplitKernel } from './thread-pool.ts';

/** A byte address on the wasm heap. */
type Address = number;

/** Kernels whose work splits into units that threads can share. */
export interface SplitKernels {
  readonly correlateRows: SplitKernel;
  readonly filterGradientGroups: SplitKernel;
  readonly channelSums: SplitKernel;
  readonly channelSquares: SplitKernel;
  readonly channelProducts: SplitKernel;
  readonly scaleChannels: SplitKernel;
  readonly combineChannels: SplitKernel;
  readonly reluGradient: SplitKernel;
}

/** What assembly/index.ts exports; see there for the meaning of the arguments. */
export interface WasmKernels extends SplitKernels {
  adamUpdate(
    gradient: Address,
    value: Address,
    out: Address,
    m: Address,
    v: Address,
    length: number,
    beta1: number,
    rest1: number,
    beta2: number,
    rest2: number,
    correction1: number,
    correction2: number,
    epsilon: number,
    factor: number,
  ): void;
  addGroups(job: Address, k: number, out: Address): void;
  packWeights(
    source: Address,
    target: Address,
    tapsY: number,
    tapsX: number,
    inputs: number,
    outputs: number,
    strideY: number,
    strideX: number,
    strideInput: number,
    strideOutput: number,
  ): void;
  copyRows(
    source: Address,
    target: Address,
    rows: number,
    bytes: number,
    sourceStep: number,
    targetStep: number,
  ): void;
  maxPoolGradient(
    input: Address,
    output: Address,
    gradient: Address,
    inputGradient: Address,
    height: number,
    width: number,
    channels: number,
    outHeight: number,
    outWidth: number,
    windowY: number,
    windowX: number,
    strideY: number,
    strideX: number,
    top: number,
    left: number,
  ): void;
  averagePoolGradient(
    gradient: Address,
    inputGradient: Address,
    height: number,
    width: number,
    channels: number,
    outHeight: number,
    outWidth: number,
    windowY: number,
    windowX: number,
    strideY: number,
    strideX: number,
    top: number,
    left: number,
  ): void;
}
