import { kernelsBinary } from './kernels-binary.ts';

/** Bytes from the start of a WebAssembly memory. */
type Address = number;

/** What assembly/index.ts exports; see there for the meaning of the arguments. */
interface Exports {
  interleave(image: Address, label: Address, plane: number, slices: number, out: Address): void;
  resample(
    source: Address,
    sourceRows: number,
    sourceColumns: number,
    slices: number,
    image: Address,
    label: Address,
    rows: number,
    columns: number,
    rowPerRow: number,
    rowPerColumn: number,
    row: number,
    columnPerRow: number,
    columnPerColumn: number,
    column: number,
    scratch: Address,
  ): void;
  addNoise(
    values: Address,
    count: number,
    quantiles: Address,
    sigma: number,
    s01: number,
    s00: number,
    s11: number,
    s10: number,
  ): void;
}

/** The kernels on a memory of their own, and where in it each part begins. */
export interface CropKernels<Part extends string> extends Exports {
  readonly memory: ArrayBuffer;
  readonly at: Readonly<Record<Part, Address>>;
}

let module: WebAssembly.Module | undefined;

const partSlack = 64;
const pageBytes = 65_536;

/** Starts the kernels with a memory that holds parts of so many bytes; each may be overrun by 64. */
export function startCropKernels<Part extends string>(
  parts: Readonly<Record<Part, number>>,
): CropKernels<Part> {
  module ??= new WebAssembly.Module(Buffer.from(kernelsBinary, 'base64'));
  const at = {} as Record<Part, Address>;
  let bytes = 0;
  for (const [part, size] of Object.entries<number>(parts)) {
    at[part as Part] = bytes;
    bytes += Math.ceil((size + partSlack) / partSlack) * partSlack;
  }
  const pages = Math.ceil(bytes / pageBytes);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return { ...(exports as unknown as Exports), memory: memory.buffer, at };
}
