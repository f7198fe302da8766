import { createRequire } from 'node:module';
import type { InferenceSession, Tensor } from 'onnxruntime-node';

/** A session of the native runtime. Its calls block, which is what `dataSync` needs and the public promises hide. */
export interface NativeSession {
  run(
    feeds: Readonly<Record<string, Tensor>>,
    fetches: Readonly<Record<string, Tensor | null>>,
    options: InferenceSession.RunOptions,
  ): Record<string, Tensor>;
  /** Writes the profile that `enableProfiling` asked for. */
  endProfiling(): void;
  dispose(): void;
}

interface UnloadedSession extends NativeSession {
  loadModel(
    buffer: ArrayBufferLike,
    offset: number,
    length: number,
    options: InferenceSession.SessionOptions,
  ): void;
}

/** What of onnxruntime-node this package uses. */
export interface OnnxRuntime {
  readonly version: string;
  readonly Tensor: typeof Tensor;
  /** Names of the execution providers in this build, such as `cpu` and `webgpu`. */
  readonly providers: readonly string[];
  createSession(model: Uint8Array, options: InferenceSession.SessionOptions): NativeSession;
}

let loaded: OnnxRuntime | undefined;

/**
 * Loads onnxruntime-node's native library.
 *
 * @throws {Error} if it does not load on this platform; the message says why.
 */
export function loadOnnxRuntime(): OnnxRuntime {
  if (loaded) return loaded;
  const require = createRequire(import.meta.url);
  try {
    const ort = require('onnxruntime-node') as typeof import('onnxruntime-node');
    const { binding, initOrt } = require('onnxruntime-node/dist/binding.js') as {
      binding: {
        InferenceSession: new () => UnloadedSession;
        listSupportedBackends(): { name: string }[];
      };
      initOrt(): void;
    };
    initOrt();
    loaded = {
      version: (require('onnxruntime-node/package.json') as { version: string }).version,
      Tensor: ort.Tensor,
      providers: binding.listSupportedBackends().map(({ name }) => name),
      createSession(model, options) {
        const session = new binding.InferenceSession();
        session.loadModel(model.buffer, model.byteOffset, model.byteLength, options);
        return session;
      },
    };
    return loaded;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    throw new Error(
      `Cannot load ONNX Runtime on ${process.platform} ${process.arch}: ${reason}; reinstall onnxruntime-node`,
      { cause },
    );
  }
}

/** What ONNX Runtime says was wrong, in one line, without the places in its sources. */
export function reasonOf(cause: unknown): string {
  const message = cause instanceof Error ? cause.message.trim() : String(cause);
  const [, operator] = /while running (\w+) node/.exec(message) ?? [];
  const [, reason = message] = /(?:was false\.|Status Message:) (.*)/s.exec(message) ?? [];
  const line = reason.replace(/^\S+\.(?:cc|h):\d+ (?:\S+ )?/, '').split('\n')[0]!;
  return operator === undefined ? line : `${operator}: ${line}`;
}
