/** A byte address on the wasm heap. */
type Address = number;

/** What assembly/index.ts exports; see there for the meaning of the arguments. */
export interface WasmKernels {
  padImage(
    source: Address,
    target: Address,
    height: number,
    width: number,
    channels: number,
    top: number,
    left: number,
    outHeight: number,
    outWidth: number,
    outChannels: number,
  ): void;
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
  convolve(
    image: Address,
    weights: Address,
    bias: Address,
    out: Address,
    outHeight: number,
    outWidth: number,
    outputs: number,
    tapsY: number,
    run: number,
    tapStep: number,
    rowStep: number,
    pixelStep: number,
    outRowStep: number,
    outPixelStep: number,
    floor: number,
  ): void;
  filterGradient(
    image: Address,
    gradient: Address,
    sums: Address,
    outHeight: number,
    outWidth: number,
    channels: number,
    tapsY: number,
    run: number,
    tapStep: number,
    rowStep: number,
    pixelStep: number,
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
