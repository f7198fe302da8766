import { reluGrad } from '../../kernels/relu-grad.ts';
import { float32, type NativeKernel } from './native-kernel.ts';

/** dy where x > 0, else 0. */
export const reluGradKernel: NativeKernel = {
  kernelName: reluGrad,
  kernelFunc({ inputs, backend }) {
    return backend.executeSingleOutput('ReluGrad', [float32(backend.binding)], [inputs.dy!, inputs.x!]);
  },
};
