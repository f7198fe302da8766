import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NativeSession, OnnxRuntime } from './onnxruntime.ts';

/**
 * The runtime, telling after each session's first run which operators ran on the CPU though another provider was asked for.
 *
 * A profile of that run tells, which ONNX Runtime writes to a temporary file; later runs are not profiled.
 */
export function watchProviders(
  runtime: OnnxRuntime,
  tell: (operators: ReadonlySet<string>) => void,
): OnnxRuntime {
  return {
    ...runtime,
    createSession(model, options) {
      const folder = mkdtempSync(join(tmpdir(), 'lunet-onnx-'));
      const profile = { enableProfiling: true, profileFilePrefix: join(folder, 'run') };
      let session: NativeSession;
      try {
        session = runtime.createSession(model, { ...options, ...profile });
      } catch (error) {
        rmSync(folder, { recursive: true });
        throw error;
      }
      let watching = true;
      const end = (): void => {
        if (!watching) return;
        watching = false;
        session.endProfiling();
        tell(new Set(readdirSync(folder).flatMap((file) => operatorsOnCpu(join(folder, file)))));
        rmSync(folder, { recursive: true });
      };
      return {
        endProfiling: end,
        run(feeds, fetches, runOptions) {
          try {
            return session.run(feeds, fetches, runOptions);
          } finally {
            end();
          }
        },
        dispose() {
          end();
          session.dispose();
        },
      };
    },
  };
}

interface ProfileEvent {
  readonly args?: { readonly op_name?: string; readonly provider?: string };
}

function operatorsOnCpu(file: string): string[] {
  const events: readonly ProfileEvent[] = JSON.parse(readFileSync(file, 'utf8'));
  return events.flatMap(({ args }) =>
    args?.op_name !== undefined && args.provider === 'CPUExecutionProvider' ? [args.op_name] : [],
  );
}
