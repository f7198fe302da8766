import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { startThreadPool } from '../src/wasm/thread-pool.ts';

/** (module (import "env" "memory" (memory 1 1 shared)) (func (export "count") (param i32 i32 i32 i32) memory[job]++)) */
const countModule = Uint8Array.from(
  (
    '0061736d01000000 0108016004 7f7f7f7f00 0210 01 03656e76 066d656d6f7279 02030101 03020100' +
    '0709 01 05636f756e74 0000 0a11 01 0f00 2000 2000 280200 4101 6a 360200 0b'
  )
    .replaceAll(' ', '')
    .match(/../g)!,
  (byte) => Number.parseInt(byte, 16),
);

afterEach(() => {
  vi.restoreAllMocks();
});

describe('startThreadPool', () => {
  it('does a task once, even if the waking comes late, when it is done already', async () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    const pool = await startThreadPool(2, new WebAssembly.Module(countModule), memory);
    const notify = Atomics.notify;
    vi.spyOn(Atomics, 'notify').mockImplementation((array, index) => {
      notify(array as unknown as Int32Array, index);
      // What a scheduler does that stops this thread between the store and the notify.
      const until = performance.now() + 3;
      while (performance.now() < until);
      return notify(array as unknown as Int32Array, index);
    });
    for (let turn = 0; turn < 20; turn++) {
      pool.start('count', 0, [{ from: 0, to: 1 }]);
      pool.wait();
    }
    expect(new Int32Array(memory.buffer)[0]).toBe(20);
    await pool.close();
  });

  it('says so when a kernel fails on a thread', async () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    const pool = await startThreadPool(2, new WebAssembly.Module(countModule), memory);
    pool.start('count', 1 << 20, [{ from: 0, to: 1 }]); // Beyond the memory.
    expect(() => pool.wait()).toThrow('a thread of the wasm engine died');
    // Nor does anything wait for it later.
    pool.start('count', 0, [{ from: 0, to: 1 }]);
    expect(() => pool.wait()).toThrow('a thread of the wasm engine died');
    await pool.close();
  });

  it('says so when a thread was ended from outside', async () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    const pool = await startThreadPool(3, new WebAssembly.Module(countModule), memory);
    const parts = [
      { from: 0, to: 1 },
      { from: 1, to: 2 },
    ];
    pool.start('count', 0, parts);
    pool.wait();
    await pool.close();
    pool.start('count', 0, parts);
    expect(() => pool.wait()).toThrow(
      'Cannot go on: a thread of the wasm engine died; start the program again',
    );
  });

  it('waits no longer than its patience for one that ends without a word', async () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    const patience = 200;
    const pool = await startThreadPool(2, new WebAssembly.Module(countModule), memory, { patience });
    const closing = pool.close();
    // Long enough for the thread to end, while its end cannot be told: no event comes in between.
    const until = performance.now() + 200;
    while (performance.now() < until);
    const start = performance.now();
    pool.start('count', 0, [{ from: 0, to: 1 }]);
    expect(() => pool.wait()).toThrow('a thread of the wasm engine died');
    expect(performance.now() - start).toBeGreaterThanOrEqual(patience - 1);
    await closing;
  });

  it('starts in a program that is given as an argument', async () => {
    const program = `
      import { startEngine } from '@lunet/engine';
      const { threads } = await startEngine({ prefer: 'wasm', threads: 2 });
      console.log(threads);`;
    const flags = ['--input-type=module', '--conditions', '@lunet/source', '--import', 'tsx'];
    const { stdout } = await promisify(execFile)(process.execPath, [...flags, '--eval', program], {
      cwd: fileURLToPath(new URL('..', import.meta.url)),
      timeout: 20_000,
    });
    expect(stdout).toBe('2\n');
  });
});
