import { vi } from 'vitest';

/** What a parser of options writes as it ends the process; the process goes on. */
export function refusalOf(parse: () => unknown): string {
  let written = '';
  const write = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    written += text;
    return true;
  });
  const exit = vi.spyOn(process, 'exit').mockImplementation((code) => {
    throw new RangeError(`exit ${code}`);
  });
  try {
    parse();
    return '';
  } catch (error) {
    if (!(error instanceof RangeError && error.message === 'exit 1')) throw error;
    return written;
  } finally {
    write.mockRestore();
    exit.mockRestore();
  }
}
