import type { OutputSpec, Recorder } from '../graph/recorder.ts';
import type { Value } from '../graph/value.ts';

/** How many elements a shape has. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((count, size) => count * size, 1);
}

/** What a node gives that computes floats in plain layout. */
export function floats(shape: readonly number[]): OutputSpec {
  return { type: 'float32', shape };
}

/** The same memory under another shape, whatever the layout: for operators that are told their own sizes. */
export function view(recorder: Recorder, value: Value, shape: readonly number[]): Value {
  let source = value;
  while (source.node?.operator.type === 'Reshape') source = source.node.inputs[0]!;
  return recorder.op('Reshape', [source, recorder.indices(shape)], {}, { type: value.type, shape });
}
