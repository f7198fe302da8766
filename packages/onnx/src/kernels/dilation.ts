/**
 * Hands a gradient to the cpu backend, which knows of no dilation there.
 *
 * @throws {RangeError} if there is some.
 */
export function handOver(kernelName: string, dilations: number | readonly number[] | undefined): undefined {
  if ([dilations ?? 1].flat().some((dilation) => dilation !== 1)) {
    throw new RangeError(
      `Cannot run ${kernelName} with dilations ${dilations}: ONNX has no such pads; use 'same' or 'valid'`,
    );
  }
  return undefined;
}
