#!/usr/bin/env node
import { Command } from 'commander';
import { installCommand } from './install.ts';
import { uninstallCommand } from './uninstall.ts';

const program = new Command('lunet-engine')
  .description('Installs, checks and launches what makes TensorFlow.js fast on this machine.')
  .addCommand(installCommand())
  .addCommand(uninstallCommand())
  .showHelpAfterError('(lunet-engine help [command] explains)');

try {
  await program.parseAsync();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
