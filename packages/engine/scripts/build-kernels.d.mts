/** Compiles the kernels; returns the binary. */
export function compileKernels(): Promise<Uint8Array<ArrayBuffer>>;

/** The generated source file that embeds a binary. */
export function embedKernels(binary: Uint8Array): string;
