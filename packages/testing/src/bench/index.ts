export { type BytesRead, bytesRead, dropFromPageCache } from './disk.ts';
export { type MeasureOptions, measure, median } from './measure.ts';
export { measureInTurn } from './measure-in-turn.ts';
export { findPython, runPython } from './python.ts';
export { formatRows, formatTable, type Row } from './row.ts';
