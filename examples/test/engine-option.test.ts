import { describe, expect, it } from 'vitest';
import { describePassedOver } from '../terminal/engine-option.ts';

describe('describePassedOver', () => {
  it('gives a short line for each engine, and says once where to read more', () => {
    const passedOver = [
      { name: 'tensorflow', reason: `its library is ${'very '.repeat(30)}broken\nand more` },
      { name: 'onnx', reason: 'not installed: npm install @lunet/onnx' },
    ] as const;
    expect(describePassedOver({ passedOver })).toEqual([
      `not tensorflow: its library is ${'very '.repeat(11)}v…`,
      'not onnx: not installed: npm install @lunet/onnx (pnpm lunet-engine doctor says more)',
    ]);
    expect(describePassedOver({ passedOver: [] })).toEqual([]);
  });
});
