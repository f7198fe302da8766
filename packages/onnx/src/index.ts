export { recordedKernels } from './kernels/register.ts';
export { type OnnxOptions, type Provider, type StartedOnnx, startOnnx } from './start-onnx.ts';
