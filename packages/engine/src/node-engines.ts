import type { EngineStarter, Started, StartOptions } from './engine.ts';

/** Native TensorFlow; its parts load when it is asked for. */
export const tensorflow: EngineStarter = {
  name: 'tensorflow',
  async start(options) {
    const { startTensorflow } = await import('./tensorflow/start-tensorflow.ts');
    return await startTensorflow(options);
  },
};

/** ONNX Runtime, where the package `@lunet/onnx` is installed. */
export const onnx: EngineStarter = {
  name: 'onnx',
  async start(options) {
    const { importInstalled } = await import('./import-installed.ts');
    const onnx = await importInstalled<{ startOnnx(options: StartOptions): Promise<Started> }>('@lunet/onnx');
    if (onnx === undefined) throw new Error('not installed: npm install @lunet/onnx');
    return await onnx.startOnnx(options);
  },
};
