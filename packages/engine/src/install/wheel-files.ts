/**
 * Which files of a wheel an installation needs, by their path under `site-packages`, and where they go; undefined for all
 * others.
 *
 * TensorFlow: its C library, the C headers, the licence, and what says how it was built. NVIDIA: the libraries, and the
 * programs and bitcode of `cuda_nvcc` that TensorFlow compiles kernels with.
 */
export function placeOfWheelFile(path: string): string | undefined {
  if (library.test(path) || path === buildInfoPath || header.test(path)) return path;
  if (path === 'tensorflow/include/LICENSE') return 'tensorflow/LICENSE';
  if (nvidia.test(path)) return path;
  return undefined;
}

/** The file in which TensorFlow says how it was built. */
export const buildInfoPath = 'tensorflow/python/platform/build_info.py';

/** The folder of TensorFlow's headers, which only the compiler needs. */
export const includePath = 'tensorflow/include';

/** Names of TensorFlow's two libraries on this platform. */
export const libraryNames: readonly [string, string] =
  process.platform === 'darwin'
    ? ['libtensorflow_cc.2.dylib', 'libtensorflow_framework.2.dylib']
    : ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];

const library = /^tensorflow\/libtensorflow_(cc|framework)\.(so\.2|2\.dylib)$/;
/** The C API, and what its headers include in TensorFlow 2.13 to 2.21. */
const header =
  /^tensorflow\/include\/(tensorflow\/(c|core\/platform|tsl\/(c|platform))|(xla\/)?tsl\/(c|platform))\/[^.]*\.h$/;
const nvidia = /^nvidia\/[^/]+\/(lib\/[^/]+\.so[.\d]*|(bin|nvvm\/bin|nvvm\/libdevice)\/[^/]+|License\.txt)$/;

/** Whether TensorFlow's `build_info.py` says that it was built for CUDA. */
export function isCudaBuild(buildInfo: string): boolean {
  return /['"]is_cuda_build['"]\s*,\s*True/.test(buildInfo);
}
