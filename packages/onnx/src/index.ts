export { type ExportOptions, exportOnnx } from './export/export-onnx.ts';
export type { InputAxes } from './export/free-axes.ts';
export type { ImageLayout } from './export/trace-model.ts';
export { recordedKernels } from './kernels/register.ts';
export { gpuProvider } from './runtime/gpu-provider.ts';
export { type OnnxOptions, type Provider, type StartedOnnx, startOnnx } from './start-onnx.ts';
