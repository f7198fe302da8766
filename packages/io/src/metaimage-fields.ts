/** The `Key = Value` (or, as MetaIO takes too, `Key: Value`) lines of a MetaImage header, with readers that refuse by file, key, value and expectation. */
export interface MetaImageFields {
  /** Bytes up to and including the line end of `ElementDataFile`. */
  readonly byteLength: number;
  /** The value of the first of some synonymous keys that is present. */
  text(key: Key): string | undefined;
  /** Exactly `count` finite numbers, or more of which the first `count` count. */
  numbers(key: Key, count: number): number[] | undefined;
  /** Like `numbers`, of whole numbers not under `minimum`. */
  integers(key: Key, count: number, minimum: number): number[] | undefined;
  boolean(key: Key, fallback: boolean): boolean;
  /** @throws {SyntaxError} that names the key, its value and what was expected. */
  refuse(key: Key, expected: string): never;
  /** @throws {SyntaxError} that names the key. */
  missing(key: string): never;
}

type Key = string | readonly string[];

const lineFeed = 10;

/** A header is a page of text: more than this without an `ElementDataFile` is another kind of file. */
export const maxHeaderBytes: number = 1 << 20;

/**
 * Splits a header into its fields, up to `ElementDataFile`.
 *
 * @throws {SyntaxError} if there is no `ElementDataFile`, a key is not UTF-8, or a key comes twice with two values.
 */
export function readMetaImageFields(bytes: Uint8Array, name: string): MetaImageFields {
  const values = new Map<string, string>();
  const decoder = new TextDecoder();
  let end = 0;
  while (!values.has('elementdatafile')) {
    if (end >= Math.min(bytes.length, maxHeaderBytes)) {
      throw new SyntaxError(
        `Cannot read ${name}: no "ElementDataFile =" line, this is not a MetaImage header`,
      );
    }
    const lineEnd = bytes.indexOf(lineFeed, end);
    const next = lineEnd === -1 ? bytes.length : lineEnd + 1;
    const line = decoder.decode(bytes.subarray(end, Math.min(next, end + maxHeaderBytes)));
    end = next;
    const separator = line.search(/[=:]/);
    if (separator === -1) continue;
    const key = line.slice(0, separator).trim();
    const value = line.slice(separator + 1).trim();
    if (key.includes('\ufffd')) {
      throw new SyntaxError(`Cannot read ${name}: key ${JSON.stringify(key)} is not valid UTF-8`);
    }
    const known = values.get(key.toLowerCase());
    if (known !== undefined && known !== value) {
      throw new SyntaxError(
        `Cannot read ${name}: ${key} is given twice, as ${quote(known)} and ${quote(value)}`,
      );
    }
    values.set(key.toLowerCase(), value);
  }
  return fieldsOf(values, name, end);
}

function fieldsOf(values: ReadonlyMap<string, string>, name: string, byteLength: number): MetaImageFields {
  const find = (key: Key): string => {
    const keys = typeof key === 'string' ? [key] : key;
    return keys.find((candidate) => values.has(candidate.toLowerCase())) ?? keys[0]!;
  };
  const text = (key: Key): string | undefined => values.get(find(key).toLowerCase());
  const refuse = (key: Key, expected: string): never => {
    throw new SyntaxError(
      `Cannot read ${name}: ${find(key)} is ${quote(text(key) ?? '')}, expected ${expected}`,
    );
  };
  const missing = (key: string): never => {
    throw new SyntaxError(`Cannot read ${name}: ${key} is missing from the header`);
  };
  const numbers = (key: Key, count: number): number[] | undefined => {
    const value = text(key);
    if (value === undefined) return undefined;
    const words = value.split(/\s+/).filter((word) => word !== '');
    const parsed = words.slice(0, count).map(Number);
    if (parsed.length < count || !parsed.every(Number.isFinite)) {
      refuse(key, count === 1 ? 'a number' : `${count} numbers`);
    }
    return parsed;
  };
  const integers = (key: Key, count: number, minimum: number): number[] | undefined => {
    const parsed = numbers(key, count);
    if (parsed?.some((n) => !Number.isSafeInteger(n) || n < minimum)) {
      refuse(key, `${count === 1 ? 'a whole number' : `${count} whole numbers`} of at least ${minimum}`);
    }
    return parsed;
  };
  const boolean = (key: Key, fallback: boolean): boolean => {
    const value = text(key);
    if (value === undefined) return fallback;
    if (/^(true|t|yes|1)$/i.test(value)) return true;
    if (/^(false|f|no|0)$/i.test(value)) return false;
    return refuse(key, 'True or False');
  };
  return { byteLength, text, numbers, integers, boolean, refuse, missing };
}

/** Values come from the file: an error shows at most a line of them. */
function quote(value: string): string {
  return JSON.stringify(value.length > 120 ? `${value.slice(0, 117)}...` : value);
}
