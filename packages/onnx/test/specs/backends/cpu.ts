import '@tensorflow/tfjs-backend-cpu';

/** tfjs's own backend in JavaScript, which all specs were written with. */
export async function startBackend(): Promise<undefined> {}
