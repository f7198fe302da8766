/** Platforms whose Python wheels hold a C library that the binding's sources compile against. */
const supported = ['linux-x64', 'linux-arm64', 'darwin-arm64', 'darwin-x64'];

/** A machine, as `process` tells it. */
export interface Machine {
  readonly platform: string;
  readonly arch: string;
  /** Version of the GNU C library; undefined where there is another. */
  readonly glibc: string | undefined;
}

/** The machine that this process runs on. */
export function thisMachine(): Machine {
  const { platform, arch } = process;
  const report = platform === 'linux' ? process.report.getReport() : undefined;
  const header = (report as { header?: { glibcVersionRuntime?: string } } | undefined)?.header;
  return { platform, arch, glibc: header?.glibcVersionRuntime };
}

/** @throws {Error} if no native TensorFlow can be installed on a machine. */
export function checkPlatform({ platform, arch, glibc }: Machine): void {
  const name = `${platform}-${arch}`;
  const instead = 'the engines wasm and onnx run here';
  if (!supported.includes(name)) {
    throw new Error(
      `Cannot install TensorFlow on ${name}: expected one of ${supported.join(', ')}; ${instead}`,
    );
  }
  if (platform !== 'linux') return;
  if (glibc === undefined) {
    throw new Error(
      `Cannot install TensorFlow on a Linux without the GNU C library (Alpine has musl): its wheels need glibc 2.27; ${instead}`,
    );
  }
  const [major = 0, minor = 0] = glibc.split('.').map(Number);
  if (major < 2 || (major === 2 && minor < 27)) {
    throw new Error(`Cannot install TensorFlow with glibc ${glibc}: its wheels need 2.27; ${instead}`);
  }
}
