import { Command } from 'commander';
import { tensorflowFolder } from '../install/installed-tensorflow.ts';
import { formatBytes } from '../install/progress.ts';
import { uninstall } from '../install/uninstall.ts';

/** `lunet-engine uninstall`. */
export function uninstallCommand(): Command {
  return new Command('uninstall')
    .description('remove what install put into the cache folder')
    .action(runUninstall);
}

async function runUninstall(): Promise<void> {
  const removed = await uninstall();
  const folder = tensorflowFolder();
  console.log(
    removed === undefined
      ? `There is nothing in ${folder}.`
      : `Removed ${folder}: ${formatBytes(removed.freedBytes)} are free again.`,
  );
}
