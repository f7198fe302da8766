import type { Diagnosis, NvidiaDiagnosis } from './diagnose.ts';

/** What to do next about what was found, most urgent first. */
export function advise({ nvidia, engines }: Pick<Diagnosis, 'nvidia' | 'engines'>): string[] {
  const onGpu = engines.find(({ name }) => name === 'tensorflow')?.gpu ?? null;
  const advice = nvidia === null ? [] : [...adviseOnGpu(nvidia, onGpu)];
  if (engines.length > 1 && !engines.some(({ name, trains }) => trains && name !== 'cpu')) {
    advice.push('No engine trains: wasm needs nothing but npm, so begin with its line above.');
  }
  return advice;
}

function* adviseOnGpu(nvidia: NvidiaDiagnosis, onGpu: boolean | null): Generator<string> {
  if (nvidia.problem !== null) {
    yield nvidia.problem;
    return;
  }
  const installed = nvidia.builds.filter((build) => build.installed);
  if (installed.length === 0) {
    yield 'No TensorFlow for CUDA is installed, so the GPU stays idle: npx lunet-engine install --gpu';
    return;
  }
  for (const build of installed) {
    if (build.driverSuffices === false) {
      yield `Driver ${nvidia.driver} is too old for CUDA ${build.cuda}: update it to ${build.minimumDriver} or later.`;
    }
    const missing = build.libraries.filter(({ path }) => path === null);
    if (missing.length > 0) {
      const wheels = [...new Set(missing.map(({ wheel }) => `"${wheel}"`))].join(' ');
      yield `TensorFlow ${build.tensorflow} finds no GPU without all of its CUDA libraries: python3 -m pip install ${wheels}`;
    }
  }
  const added = nvidia.environment.find(({ name }) => name === 'LD_LIBRARY_PATH');
  if (added !== undefined) {
    yield 'Start programs with "npx lunet-engine run -- node train.js": the loader does not find all CUDA libraries by itself.';
  }
  if (onGpu === false) {
    yield 'TensorFlow runs on the CPU: @tensorflow/tfjs-node comes before the build for CUDA, so uninstall it.';
  }
}
