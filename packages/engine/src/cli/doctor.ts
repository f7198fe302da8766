import { Command, Option } from 'commander';
import { diagnose } from '../doctor/diagnose.ts';
import { formatDiagnosis } from '../doctor/format-diagnosis.ts';
import type { EngineName } from '../engine.ts';
import { engineNames } from '../ladder.ts';
import { abortOnSignals } from './abort-on-signals.ts';
import { progressLine } from './progress-line.ts';

interface DoctorOptions {
  readonly engine?: EngineName;
  readonly json?: true;
  readonly speed: boolean;
}

/** `lunet-engine doctor`: exit code 0 only if an engine trains. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('check which engines work here, how fast, and what to do about the others')
    .addOption(new Option('--engine <name>', 'look at one engine alone').choices([...engineNames]))
    .option('--no-speed', 'do not time the engines')
    .option('--json', 'print everything that was found as JSON')
    .action(async ({ engine, json, speed }: DoctorOptions) => {
      const { stderr, stdout } = process;
      const interruption = abortOnSignals();
      const { signal } = interruption;
      const progress = progressLine();
      const onProgress = (text: string) => stderr.isTTY && progress.show(`${text} …`);
      try {
        const diagnosis = await diagnose({ engine, speed, signal, onProgress });
        progress.end();
        const color = stdout.isTTY && !process.env.NO_COLOR;
        stdout.write(
          json ? `${JSON.stringify(diagnosis, null, 2)}\n` : formatDiagnosis(diagnosis, { color }),
        );
        process.exitCode = diagnosis.ok ? 0 : 1;
      } catch (error) {
        progress.end();
        if (!signal.aborted) throw error;
        process.exitCode = interruption.exitCode();
      }
    });
}
