import { expect, it } from 'vitest';
import {
  bounds,
  count,
  counted,
  figure,
  millimetres,
  percent,
  rate,
  ratio,
  signedPercent,
} from '../src/format.ts';

it('writes figures as they are read', () => {
  expect([0.9138, 1, null, Number.NaN].map(percent)).toEqual(['91.4\u00a0%', '100.0\u00a0%', '–', '–']);
  expect([0.213, -0.18, -0.001].map(signedPercent)).toEqual(['+21\u00a0%', '−18\u00a0%', '0\u00a0%']);
  expect(ratio(0.83414)).toBe('0.834');
  expect([2.345, 23.45, 2345.4].map(rate)).toEqual(['2.35', '23.4', '2,345']);
  expect([0.5, 0.99871234].map(figure)).toEqual(['0.5', '0.9987']);
  expect([-12.345, 3].map(millimetres)).toEqual(['−12.3', '3.0']);
  expect([7, 1186, 1234567].map(count)).toEqual(['7', '1,186', '1,234,567']);
  expect([1, 2].map((n) => counted(n, 'nodule'))).toEqual(['1\u00a0nodule', '2\u00a0nodules']);
});

it('writes intervals with their unit once, and none where there is none', () => {
  const estimate = { value: 0.9, lower: 0.841, upper: 0.97 };
  expect(bounds(estimate, percent)).toBe('84.1–97.0\u00a0%');
  expect(bounds(estimate, ratio)).toBe('0.841–0.970');
  expect(bounds({ value: 0, lower: -0.2, upper: 0.1 }, signedPercent)).toBe('−20 to +10\u00a0%');
  expect(bounds({ value: 1, lower: null, upper: Number.NaN }, ratio)).toBe('–');
  expect(bounds(null, ratio)).toBe('–');
});
