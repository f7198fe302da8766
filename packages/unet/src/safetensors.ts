/** A dense float32 array and its shape. */
export interface NamedTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** What a safetensors file holds: tensors by name in file order, and the strings of its `__metadata__`. */
export interface Safetensors {
  readonly tensors: Map<string, NamedTensor>;
  readonly metadata: Record<string, string>;
}

/** Far above any network's header (5 kB for the reference), so that a hostile one cannot fill the memory. */
const maxHeaderLength = 16 * 2 ** 20;

/**
 * Writes tensors as [safetensors](https://github.com/huggingface/safetensors): the header's length as 8 bytes little
 * endian, a JSON header padded with spaces to 8 bytes, then the F32 data without gaps.
 *
 * @throws {RangeError} if a tensor's data does not fill its shape, or is called `__metadata__`.
 */
export function encodeSafetensors(
  tensors: Iterable<readonly [name: string, tensor: NamedTensor]>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const entries = [...tensors];
  const header: [string, unknown][] = [];
  if (Object.keys(metadata).length > 0) header.push(['__metadata__', metadata]);
  let end = 0;
  for (const [name, { shape, data }] of entries) {
    if (name === '__metadata__' || shape.reduce((product, n) => product * n, 1) !== data.length) {
      throw new RangeError(`Cannot write tensor '${name}': shape [${shape}] and ${data.length} numbers`);
    }
    const begin = end;
    end += data.byteLength;
    header.push([name, { dtype: 'F32', shape, data_offsets: [begin, end] }]);
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const start = 8 + Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(start + end).fill(0x20, 8, start);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(start - 8), true);
  bytes.set(json, 8);
  const values = new Float32Array(bytes.buffer, start);
  let offset = 0;
  for (const [, { data }] of entries) {
    values.set(data, offset);
    offset += data.length;
  }
  return bytes;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isCounts = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);

function parseHeader(bytes: Uint8Array): { header: Record<string, unknown>; start: number } {
  if (bytes.length < 8)
    throw new SyntaxError(`Cannot read safetensors: ${bytes.length} bytes, a header takes 8`);
  const declared = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  const limit = Math.min(bytes.length - 8, maxHeaderLength);
  if (declared > limit) {
    throw new SyntaxError(`Cannot read safetensors: header of ${declared} bytes, at most ${limit} fit`);
  }
  const start = 8 + Number(declared);
  if (bytes[8] !== 0x7b) throw new SyntaxError("Cannot read safetensors: the header does not begin with '{'");
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, start)));
  } catch (cause) {
    throw new SyntaxError('Cannot read safetensors: the header is not JSON in UTF-8', { cause });
  }
  if (!isObject(header)) throw new SyntaxError('Cannot read safetensors: the header is not a JSON object');
  return { header, start };
}

function parseMetadata(value: unknown): Record<string, string> {
  if (!isObject(value)) throw new SyntaxError('Cannot read safetensors: __metadata__ is not a JSON object');
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== 'string') {
      throw new SyntaxError(`Cannot read safetensors: metadata '${key}' is ${typeof text}, not a string`);
    }
  }
  return value as Record<string, string>;
}

/**
 * Reads a safetensors file of F32 tensors; the data is copied out of `bytes`.
 *
 * @throws {SyntaxError} if the bytes break the format in any way: a header too long or not JSON, another dtype, a shape
 * that does not fill its range, ranges that overlap, leave gaps or pass the end.
 * @example
 * ```ts
 * const bytes = encodeSafetensors([['a', { shape: [2], data: new Float32Array([1, 2]) }]]);
 * decodeSafetensors(bytes).tensors.get('a'); // { shape: [2], data: Float32Array [1, 2] }
 * ```
 */
export function decodeSafetensors(bytes: Uint8Array): Safetensors {
  const { header, start } = parseHeader(bytes);
  let metadata: Record<string, string> = {};
  const ranges: { name: string; shape: number[]; begin: number; end: number }[] = [];
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') {
      metadata = parseMetadata(entry);
      continue;
    }
    const fail = (problem: string): never => {
      throw new SyntaxError(`Cannot read safetensors: tensor '${name}' ${problem}`);
    };
    if (!isObject(entry)) return fail('is not a JSON object');
    const { dtype, shape, data_offsets: offsets } = entry;
    if (dtype !== 'F32') return fail(`has dtype ${JSON.stringify(dtype)}; only F32 is read`);
    if (!isCounts(shape)) return fail(`has shape ${JSON.stringify(shape)}, not a list of counts`);
    if (!isCounts(offsets) || offsets.length !== 2) {
      return fail(`has data_offsets ${JSON.stringify(offsets)}, not [begin, end]`);
    }
    const [begin, end] = offsets as [number, number];
    if (end > bytes.length - start) return fail(`ends at byte ${end}, the data at ${bytes.length - start}`);
    const needed = shape.reduce((product, n) => product * n, 4);
    if (end - begin !== needed) return fail(`of shape [${shape}] takes ${needed} bytes, has ${end - begin}`);
    ranges.push({ name, shape, begin, end });
  }
  let covered = 0;
  for (const { name, begin, end } of ranges.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== covered) {
      throw new SyntaxError(
        `Cannot read safetensors: tensor '${name}' begins at byte ${begin}, not at ${covered}`,
      );
    }
    covered = end;
  }
  if (covered !== bytes.length - start) {
    throw new SyntaxError(
      `Cannot read safetensors: tensors end at byte ${covered}, the data at ${bytes.length - start}`,
    );
  }
  const tensors = new Map<string, NamedTensor>();
  for (const { name, shape, begin, end } of ranges) {
    // A copy, because a Float32Array view needs an offset that 4 divides. Not `slice`: on a Node Buffer it is a view.
    const data = new Float32Array(new Uint8Array(bytes.subarray(start + begin, start + end)).buffer);
    tensors.set(name, { shape, data });
  }
  return { tensors, metadata };
}
