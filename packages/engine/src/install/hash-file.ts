import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

interface HashOptions {
  readonly algorithm?: 'sha256' | 'sha512';
  readonly encoding?: 'hex' | 'base64';
  readonly signal?: AbortSignal | undefined;
}

/** Digest of a file. */
export async function hashFile(
  file: string,
  { algorithm = 'sha256', encoding = 'hex', signal }: HashOptions = {},
): Promise<string> {
  const hash = createHash(algorithm);
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash, { signal });
  return hash.digest(encoding);
}
