import { Command } from 'commander';

export function installCommand(): Command {
  return new Command('install').description('Puts native TensorFlow into the cache folder.');
}
