import { Command, InvalidArgumentError } from 'commander';
import { formatSettings, launch } from '../doctor/launch.ts';
import { findGpuState, type LaunchOptions, launchEnvironment } from '../doctor/launch-environment.ts';

interface RunOptions extends LaunchOptions {
  readonly print?: true;
}

/** `lunet-engine run -- command`: the command with what native TensorFlow needs to find its GPU. */
export function runCommand(): Command {
  return new Command('run')
    .description('start a command so that TensorFlow finds the CUDA libraries and its GPU')
    .argument('[command...]', 'the command and its arguments')
    .option('--gpu <number>', "the GPU to use, by nvidia-smi's number, or none", readGpu)
    .option('--threads <number>', 'threads of native TensorFlow', readThreads)
    .option(
      '--print',
      'print the environment for a shell, and why, instead: eval "$(lunet-engine run --print)"',
    )
    .passThroughOptions()
    .action(async (command: string[], { print, ...options }: RunOptions, self: Command) => {
      if (command.length === 0 && !print) {
        self.error('Cannot run nothing: name a command, as in "lunet-engine run -- node train.js"');
      }
      const state = await findGpuState();
      const settings = launchEnvironment(state, options);
      if (print) {
        process.stdout.write(formatSettings(settings, state));
        return;
      }
      if (state === undefined) console.error('lunet-engine: no NVIDIA GPU found, nothing of CUDA to set');
      await launch(command, settings).catch((error: Error) => {
        // As a shell ends: 127 for what is not there, 126 for what cannot be run.
        const missing = (error.cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
        self.error(error.message, { exitCode: missing ? 127 : 126 });
      });
    });
}

function readGpu(text: string): number | 'none' {
  if (text === 'none') return text;
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("expected nvidia-smi's number of a GPU, or none.");
  return Number(text);
}

function readThreads(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('expected an integer from 1 to 9999.');
  return Number(text);
}
