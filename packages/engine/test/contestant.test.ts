import { describe, expect, it } from 'vitest';
import { Contestant } from '../bench/contestant.ts';

/** A program that is ready, answers one line, and then does something else. */
function contestant(then: string): Contestant {
  const program = `
    console.log(JSON.stringify({ what: 'test', threads: 1, gpu: false }));
    let lines = 0;
    process.stdin.on('data', () => {
      if (++lines === 1) console.log('[1, 2]');
      else { ${then} }
    });`;
  return new Contestant(process.execPath, ['--eval', program], process.env);
}

describe('Contestant', () => {
  it('answers, and ends with whoever asks', async () => {
    const one = contestant('');
    expect(await one.ready(10)).toEqual({ what: 'test', threads: 1, gpu: false });
    expect(await one.go(10)).toEqual([1, 2]);
    await expect(one.go(0.05)).rejects.toThrow('no answer within 0.05 s');
    await one.end();
  });

  it.each([
    ["process.kill(process.pid, 'SIGSEGV');", /^died of SIGSEGV$/],
    ["console.error('one\\nError: why\\nat x'); process.exit(3);", /^ended with exit code 3: Error: why$/],
  ])('says how it died after %s', async (then, message) => {
    const one = contestant(then);
    await one.ready(10);
    await one.go(10);
    await expect(one.go(10)).rejects.toThrow(message);
    // And so for whoever asks once more.
    await expect(one.go(10)).rejects.toThrow(message);
    await one.end();
  });

  it('says that there is no such program', async () => {
    const one = new Contestant('/nowhere/python', [], process.env);
    await expect(one.ready(10)).rejects.toThrow('spawn /nowhere/python ENOENT');
    await one.end();
  });
});
