import type { EngineStarter, Started } from './engine.ts';

/** Native TensorFlow; its parts load when it is asked for. */
export const tensorflow: EngineStarter = {
  name: 'tensorflow',
  async start(options) {
    const { startTensorflow } = await import('./tensorflow/start-tensorflow.ts');
    return await startTensorflow(options);
  },
};

/** What of `@lunet/onnx` is used; it is installed or not. */
interface OnnxPackage {
  gpuProvider(): string | undefined;
  startOnnx(options: { threads: number | undefined; provider: string }): Promise<Omit<Started, 'gpu'>>;
}

/** ONNX Runtime, where the package `@lunet/onnx` is installed. */
export const onnx: EngineStarter = {
  name: 'onnx',
  async start(options) {
    const { importInstalled } = await import('./import-installed.ts');
    const onnx = await importInstalled<OnnxPackage>('@lunet/onnx');
    if (onnx === undefined) throw new Error('not installed: npm install @lunet/onnx');
    const gpu = options.gpu === false ? undefined : onnx.gpuProvider();
    if (options.gpu && gpu === undefined) throw new Error('computes on the CPU here');
    const { device, version, threads } = await onnx.startOnnx({
      threads: options.threads,
      provider: gpu ?? 'cpu',
    });
    return { device, version, threads, gpu: gpu !== undefined };
  },
};
