/** Compiles a package's assembly/; returns the binary. */
export function compileKernels(packageFolder: string): Promise<Uint8Array<ArrayBuffer>>;

/** The generated source file that embeds a binary. */
export function embedKernels(binary: Uint8Array): string;
