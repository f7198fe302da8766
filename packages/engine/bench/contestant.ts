import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/** What a contestant tells when it is ready. */
export interface Ready {
  /** Name, version and device, for people. */
  readonly what: string;
  readonly threads: number;
  /** Whether a GPU computes; the processor's limit says nothing then. */
  readonly gpu: boolean;
  /** Trainable weights of its network; absent for what has none. */
  readonly weights?: number;
  /** A step's loss on the first batch, or the mean of a slice's output: the same for all that compute the same. */
  readonly first?: number;
  /** The loss after some steps on that batch. */
  readonly last?: number;
}

/**
 * A program that is timed in a process of its own, so that its crash is not the end of the others.
 *
 * It prints one line of JSON when it is ready, {@link Ready}, and answers each line on its stdin with the times of some
 * runs in ms, an array. What else it prints goes to stderr.
 */
export class Contestant {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #lines: AsyncIterator<string>;
  readonly #ended: Promise<string>;
  #stderr = '';

  constructor(command: string, args: readonly string[], env: NodeJS.ProcessEnv) {
    this.#child = spawn(command, args, { stdio: 'pipe', env });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
    this.#child.stderr.setEncoding('utf8').on('data', (text) => {
      this.#stderr = (this.#stderr + text).slice(-10_000);
    });
    // Writing to a process that has ended is told by its end.
    this.#child.stdin.on('error', () => {});
    this.#ended = new Promise((resolve) => {
      this.#child.on('error', (error) => resolve(error.message));
      this.#child.on('close', (code, signal) => resolve(this.#whyEnded(code, signal)));
    });
  }

  async ready(timeoutSeconds: number): Promise<Ready> {
    return (await this.#answer(timeoutSeconds)) as Ready;
  }

  async go(timeoutSeconds: number): Promise<number[]> {
    this.#child.stdin.write('go\n');
    return (await this.#answer(timeoutSeconds)) as number[];
  }

  async end(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  async #answer(timeoutSeconds: number): Promise<unknown> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new Error(`no answer within ${timeoutSeconds} s`)),
        timeoutSeconds * 1000,
      );
    });
    try {
      const { value, done } = await Promise.race([this.#lines.next(), late]);
      if (done) throw new Error(await this.#ended);
      return JSON.parse(value);
    } finally {
      clearTimeout(timer);
    }
  }

  #whyEnded(code: number | null, signal: string | null): string {
    const lines = this.#stderr.split('\n').filter((line) => line.trim() !== '');
    const error = lines.findLast((line) => /error|cannot/i.test(line)) ?? lines.at(-1);
    return [signal ? `died of ${signal}` : `ended with exit code ${code}`, error?.trim()]
      .filter(Boolean)
      .join(': ');
  }
}
