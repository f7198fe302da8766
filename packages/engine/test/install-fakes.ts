import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { tensorflowEntries, type WheelEntry } from './install-wheel-bytes.ts';

/** A folder of its own with an empty cache, and programs of our own as the only ones on the path. */
export class Workplace {
  readonly root: string;
  readonly cache: string;
  readonly #path: string | undefined = process.env.PATH;

  static async make(): Promise<Workplace> {
    // In memory, where every file's flush to disk costs nothing; programs must not lie there in a container.
    const quick = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
    const [root, cache] = await Promise.all(
      [tmpdir(), quick].map((folder) => mkdtemp(join(folder, 'lunet-install-'))),
    );
    const place = new Workplace(root!, cache!);
    await mkdir(place.bin);
    process.env.PATH = place.bin;
    return place;
  }

  private constructor(root: string, cache: string) {
    this.root = root;
    this.cache = cache;
  }

  get bin(): string {
    return join(this.root, 'bin');
  }

  get env(): Record<string, string> {
    return { LUNET_CACHE: join(this.cache, 'lunet'), PATH: this.bin };
  }

  /** Makes a program of lines for `sh`, which has the system's programs on its path. */
  async program(name: string, ...lines: string[]): Promise<void> {
    const file = join(this.bin, name);
    await writeFile(file, ['#!/bin/sh', 'PATH=/usr/bin:/bin', ...lines, ''].join('\n'));
    await chmod(file, 0o755);
  }

  /** A compiler that writes "compiled" into its output, after `lines`. */
  compiler(...lines: string[]): Promise<void> {
    const version = '[ "$1" = --version ] && { echo "g++ (fake) 1.0"; exit; }';
    const find = 'while [ "$1" != -o ]; do shift; done';
    return this.program('g++', version, ...lines, find, 'echo compiled > "$2"');
  }

  /** A site-packages folder. */
  async sitePackages(entries: readonly WheelEntry[] = tensorflowEntries()): Promise<string> {
    const folder = await mkdtemp(join(this.root, 'site-packages-'));
    for (const { name, content } of entries) await this.write(join(folder, name), content);
    return folder;
  }

  async write(file: string, content: string): Promise<void> {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }

  async close(): Promise<void> {
    process.env.PATH = this.#path;
    for (const folder of [this.root, this.cache]) await rm(folder, { recursive: true, force: true });
  }
}
