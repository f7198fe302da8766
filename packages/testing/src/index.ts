export { expectNoTensorLeak } from './expect-no-tensor-leak.ts';
export { firstDifference, type TensorLike, type Tolerance } from './to-be-close-to-tensor.ts';
