export { type MeasureOptions, measure, median } from './measure.ts';
export { findPython, runPython } from './python.ts';
export { formatRows, type Row } from './row.ts';
