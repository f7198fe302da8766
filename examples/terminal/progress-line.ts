/** A line that shows how far something is: rewritten in place on a terminal, printed every few seconds elsewhere. */
export class ProgressLine {
  readonly #stream: NodeJS.WriteStream;
  readonly #everyMilliseconds: number;
  #printed = Number.NEGATIVE_INFINITY;
  #open = false;

  constructor(stream: NodeJS.WriteStream = process.stdout) {
    this.#stream = stream;
    this.#everyMilliseconds = stream.isTTY ? 100 : 5000;
  }

  /** Shows a text, unless the last one is too recent. */
  show(text: string): void {
    const now = performance.now();
    if (now - this.#printed < this.#everyMilliseconds) return;
    this.#printed = now;
    if (this.#stream.isTTY) {
      this.#stream.write(`\r\u001b[2K${text.slice(0, this.#stream.columns - 1)}`);
      this.#open = true;
    } else this.#stream.write(`${text}\n`);
  }

  /** Prints a whole line that stays. */
  print(text: string): void {
    this.#stream.write(`${this.#open ? '\r\u001b[2K' : ''}${text}\n`);
    this.#open = false;
    this.#printed = performance.now();
  }
}

/** `95` → `1:35`. */
export function minutes(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
