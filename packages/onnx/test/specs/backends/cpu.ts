import '@tensorflow/tfjs-backend-cpu';

/** tfjs's own backend in JavaScript, with which the specs were written. */
export const backend = 'cpu';
export async function startBackend(): Promise<undefined> {}
