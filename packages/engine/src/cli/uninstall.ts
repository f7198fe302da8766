import { Command } from 'commander';

export function uninstallCommand(): Command {
  return new Command('uninstall').description('Removes it.');
}
