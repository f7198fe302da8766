#!/usr/bin/env node
import { Command } from 'commander';
import { doctorCommand } from './doctor.ts';
import { installCommand } from './install.ts';
import { runCommand } from './run.ts';
import { uninstallCommand } from './uninstall.ts';

const program = new Command('lunet-engine')
  .description('Installs, checks and launches what makes TensorFlow.js fast on this machine.')
  // What follows the command of `run` belongs to that command.
  .enablePositionalOptions()
  .addCommand(installCommand())
  .addCommand(uninstallCommand())
  .addCommand(doctorCommand())
  .addCommand(runCommand())
  .showHelpAfterError('(lunet-engine help [command] explains)');

try {
  await program.parseAsync();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
