import type { ElementType, HostData } from './element-type.ts';
import { Numbered } from './numbered.ts';
import type { Value } from './value.ts';

const known = new Numbered<Value>();

/**
 * A value that is part of the graph itself: an axis, a shape, an index list, a factor. Equal ones are one object.
 *
 * Meant for the few numbers that a kernel knows from shapes and attributes; tensors are fed instead.
 */
export function constantOf(type: ElementType, data: HostData, shape: readonly number[]): Value {
  const key = `${type}[${shape}]${data}${data.length === 1 && Object.is(data[0], -0) ? '-' : ''}`;
  return constantBy(key, type, shape, () => data);
}

/** A constant that is known by how it is made. */
export function constantBy(
  key: string,
  type: ElementType,
  shape: readonly number[],
  make: () => HostData,
): Value {
  return known.get(key, (constant) => ({
    type,
    shape,
    layout: 'plain',
    node: undefined,
    data: make(),
    constant,
    holders: 0,
    forms: undefined,
    slot: -1,
    build: -1,
  }));
}
