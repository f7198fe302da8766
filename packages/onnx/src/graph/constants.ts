import type { ElementType, HostData } from './element-type.ts';
import type { Value } from './value.ts';

const known = new Map<string, Value>();

/**
 * A value that is part of the graph itself: an axis, a shape, an index list, a factor. Equal ones are one object.
 *
 * Meant for the few numbers that a kernel knows from shapes and attributes; tensors are fed instead.
 */
export function constantOf(type: ElementType, data: HostData, shape: readonly number[]): Value {
  const key = `${type}[${shape}]${data}${data.length === 1 && Object.is(data[0], -0) ? '-' : ''}`;
  return known.get(key) ?? enter(key, type, data, shape);
}

/** A constant that is known by how it is made. */
export function constantBy(
  key: string,
  type: ElementType,
  shape: readonly number[],
  make: () => HostData,
): Value {
  return known.get(key) ?? enter(key, type, make(), shape);
}

function enter(key: string, type: ElementType, data: HostData, shape: readonly number[]): Value {
  const value: Value = {
    type,
    shape,
    layout: 'plain',
    node: undefined,
    data,
    constant: known.size,
    holders: 0,
    forms: undefined,
    slot: -1,
    build: -1,
  };
  known.set(key, value);
  return value;
}
