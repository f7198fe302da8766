/** A library that a CUDA build of TensorFlow opens by name when it starts. */
export interface CudaLibrary {
  readonly what: string;
  readonly soname: string;
  /** The pip package that carries it. */
  readonly wheel: string;
}

/** A build of TensorFlow for NVIDIA GPUs, and what it needs of the machine. */
export interface CudaBuild {
  readonly key: 'tfjs-node-gpu' | 'install --gpu';
  /** Version of TensorFlow. */
  readonly tensorflow: string;
  readonly cuda: 11 | 12;
  /** Lowest driver that runs any minor release of that CUDA: NVIDIA's table of minor version compatibility. */
  readonly minimumDriver: string;
  /** If one of them is missing TensorFlow registers no GPU, and computes on the CPU without an error. */
  readonly libraries: readonly CudaLibrary[];
}

/** What @tensorflow/tfjs-node-gpu 4.22 downloads: TensorFlow 2.9.1 for CUDA 11.2 and cuDNN 8.1. */
export const stockBuild: CudaBuild = {
  key: 'tfjs-node-gpu',
  tensorflow: '2.9.1',
  cuda: 11,
  minimumDriver: '450.80.02',
  libraries: [
    { what: 'CUDA runtime', soname: 'libcudart.so.11.0', wheel: 'nvidia-cuda-runtime-cu11' },
    { what: 'cuBLAS', soname: 'libcublas.so.11', wheel: 'nvidia-cublas-cu11' },
    { what: 'cuBLASLt', soname: 'libcublasLt.so.11', wheel: 'nvidia-cublas-cu11' },
    { what: 'cuFFT', soname: 'libcufft.so.10', wheel: 'nvidia-cufft-cu11' },
    { what: 'cuRAND', soname: 'libcurand.so.10', wheel: 'nvidia-curand-cu11' },
    { what: 'cuSOLVER', soname: 'libcusolver.so.11', wheel: 'nvidia-cusolver-cu11' },
    { what: 'cuSPARSE', soname: 'libcusparse.so.11', wheel: 'nvidia-cusparse-cu11' },
    { what: 'cuDNN', soname: 'libcudnn.so.8', wheel: 'nvidia-cudnn-cu11==8.*' },
  ],
};

/** What `lunet-engine install --gpu` installs: TensorFlow 2.21, built for CUDA 12.5 and cuDNN 9.3. */
export const installedBuild: CudaBuild = {
  key: 'install --gpu',
  tensorflow: '2.21',
  cuda: 12,
  minimumDriver: '525.60.13',
  libraries: [
    { what: 'CUDA runtime', soname: 'libcudart.so.12', wheel: 'nvidia-cuda-runtime-cu12' },
    { what: 'cuBLAS', soname: 'libcublas.so.12', wheel: 'nvidia-cublas-cu12' },
    { what: 'cuBLASLt', soname: 'libcublasLt.so.12', wheel: 'nvidia-cublas-cu12' },
    { what: 'cuFFT', soname: 'libcufft.so.11', wheel: 'nvidia-cufft-cu12' },
    { what: 'cuSOLVER', soname: 'libcusolver.so.11', wheel: 'nvidia-cusolver-cu12' },
    { what: 'cuSPARSE', soname: 'libcusparse.so.12', wheel: 'nvidia-cusparse-cu12' },
    { what: 'cuDNN', soname: 'libcudnn.so.9', wheel: 'nvidia-cudnn-cu12>=9.3,<10' },
    // cuSOLVER and cuSPARSE of CUDA 12 link to it.
    { what: 'nvJitLink', soname: 'libnvJitLink.so.12', wheel: 'nvidia-nvjitlink-cu12' },
  ],
};

export const cudaBuilds: readonly CudaBuild[] = [stockBuild, installedBuild];

/** Whether driver `version` is at least `minimum`, number by number; both as in `535.104.05`. */
export function driverSuffices(version: string, minimum: string): boolean {
  const have = version.split('.').map(Number);
  const need = minimum.split('.').map(Number);
  for (let i = 0; i < need.length; i++) {
    const difference = (have[i] ?? 0) - need[i]!;
    if (difference !== 0) return difference > 0;
  }
  return true;
}
