/** How far something is: one line that is rewritten on a terminal, a line every 5 s elsewhere. */
export interface ProgressLine {
  show(text: string): void;
  /** Clears the line. */
  end(): void;
}

/** Shows progress on the standard error stream. */
export function progressLine(stream: NodeJS.WriteStream = process.stderr): ProgressLine {
  const { isTTY } = stream;
  let last = '';
  let shown = Number.NEGATIVE_INFINITY;
  return {
    show(text) {
      // What is before the figures is the same as long as the same thing is done.
      const begins = (one: string): string => one.replace(/: \d.*/, '');
      const now = performance.now();
      if (begins(text) === begins(last) && now - shown < (isTTY ? 100 : 5000)) return;
      last = text;
      shown = now;
      stream.write(isTTY ? `\r\u001b[2K${text.slice(0, stream.columns - 1)}` : `${text}\n`);
    },
    end() {
      if (isTTY && last !== '') stream.write('\r\u001b[2K');
    },
  };
}
