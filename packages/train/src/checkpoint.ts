import { createHash } from 'node:crypto';
import { decodeSafetensors, encodeSafetensors, type NamedTensor } from '@lunet/unet';
import type { Tensors, TrainProgress, TrainState } from './train-state.ts';

/** A state of training and how far its logs were then. */
export interface Checkpoint {
  readonly state: TrainState;
  /** Bytes of each log file, by its name. */
  readonly logs: Readonly<Record<string, number>>;
}

/** Metadata keys: all but the tensors, and a SHA-256 over that and the tensors. */
const stateKey = 'train';
const checksumKey = 'sha256';

/** Prefixes of tensor names; the weights have none, and no slash. */
const optimizerPrefix = 'adam/';
const bestPrefix = 'best/';

/**
 * Writes a checkpoint as safetensors: the weights by their names, `adam/m/<weight>`, `adam/v/<weight>`, `adam/powers`,
 * `best/<weight>`, and the rest as JSON in the metadata, with a checksum over everything.
 */
export function encodeCheckpoint({ state, logs }: Checkpoint): Uint8Array {
  const { weights, optimizer, best, ...progress } = state;
  const tensors: [string, NamedTensor][] = [...weights, ...prefixed(optimizerPrefix, optimizer)];
  if (best) tensors.push(...prefixed(bestPrefix, best.weights));
  const json = JSON.stringify({
    ...progress,
    best: best && { step: best.step, validation: best.validation },
    logs,
  });
  return encodeSafetensors(tensors, { [stateKey]: json, [checksumKey]: checksum(json, tensors) });
}

/**
 * Reads what `encodeCheckpoint` wrote.
 *
 * @throws {SyntaxError} if the bytes are not safetensors, are no checkpoint, or are not the very ones that were written.
 */
export function decodeCheckpoint(bytes: Uint8Array): Checkpoint {
  const { tensors, metadata } = decodeSafetensors(bytes);
  const json = metadata[stateKey];
  if (json === undefined) throw new SyntaxError(`Cannot read checkpoint: its metadata has no '${stateKey}'`);
  const found = checksum(json, tensors);
  if (found !== metadata[checksumKey]) {
    throw new SyntaxError(
      `Cannot read checkpoint: its bytes were changed; SHA-256 ${found}, expected ${metadata[checksumKey]}`,
    );
  }
  // The checksum holds, so this is what encodeCheckpoint wrote.
  const { logs, best, ...progress } = JSON.parse(json) as TrainProgress & Pick<Checkpoint, 'logs'>;
  const weights = [...tensors].filter(([name]) => !name.includes('/'));
  return {
    state: {
      ...progress,
      weights: new Map(weights),
      optimizer: unprefixed(optimizerPrefix, tensors),
      best: best && { ...best, weights: unprefixed(bestPrefix, tensors) },
    },
    logs,
  };
}

function prefixed(prefix: string, tensors: Tensors): [string, NamedTensor][] {
  return [...tensors].map(([name, tensor]) => [`${prefix}${name}`, tensor]);
}

function unprefixed(prefix: string, tensors: Tensors): Tensors {
  const own = [...tensors].filter(([name]) => name.startsWith(prefix));
  return new Map(own.map(([name, tensor]) => [name.slice(prefix.length), tensor]));
}

function checksum(json: string, tensors: Iterable<readonly [string, NamedTensor]>): string {
  const hash = createHash('sha256').update(json);
  for (const [name, { shape, data }] of tensors) hash.update(`\n${name} [${shape}]\n`).update(data);
  return hash.digest('hex');
}
