// tfjs-core alone knows no gradients: tfjs-layers registers them.
import '@tensorflow/tfjs-layers';
import '@tensorflow/tfjs-backend-cpu';
import { ready, setBackend } from '@tensorflow/tfjs-core';

/** The plain backend is exact enough as an oracle, and the tensors here are tiny. */
await setBackend('cpu');
await ready();
