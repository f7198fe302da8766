/**
 * The NVIDIA packages that a TensorFlow wheel's METADATA asks for by its extra `and-cuda`, as pip takes them.
 *
 * @throws {SyntaxError} if one of them is anything but a name and versions: pip would take options and addresses too.
 * @example
 * ```ts
 * cudaRequirements('Requires-Dist: nvidia-cudnn-cu12<10.0,>=9.3.0.75; extra == "and-cuda"');
 * // ['nvidia-cudnn-cu12<10.0,>=9.3.0.75']
 * ```
 */
export function cudaRequirements(metadata: string): string[] {
  return [...metadata.matchAll(/^Requires-Dist:\s*([^;\n]+);[^\n]*extra\s*==\s*['"]and-cuda['"]/gm)].map(
    ([, found]) => {
      const requirement = (found ?? '').replaceAll(/[\s()]/g, '');
      if (!/^nvidia-[a-z\d-]+([<>=!~]=?[\d.*]+,?)*$/.test(requirement)) {
        throw new SyntaxError(
          `Cannot fetch CUDA's libraries: TensorFlow asks for "${found}", expected nvidia-…`,
        );
      }
      return requirement;
    },
  );
}

/** pip's platform tags of the wheels that a Linux with a version of glibc can load, newest first. */
export function manylinuxTags(glibc: string, arch: string): string[] {
  const machine = arch === 'x64' ? 'x86_64' : 'aarch64';
  const newest = Number(glibc.split('.')[1]);
  const tags = Array.from({ length: newest - 16 }, (_, index) => `manylinux_2_${newest - index}_${machine}`);
  return [...tags, `manylinux2014_${machine}`];
}
