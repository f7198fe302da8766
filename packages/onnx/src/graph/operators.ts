import type { Attributes, Operator } from './value.ts';

const known = new Map<string, Operator>();

/** The operator of that type and those attributes: one object for all that are alike, so that a number tells them apart. */
export function operatorOf(type: string, attributes: Attributes, domain: string, outputs: number): Operator {
  const key = `${domain}:${type}/${outputs}${JSON.stringify(attributes)}`;
  let operator = known.get(key);
  if (operator === undefined) {
    operator = { id: known.size, type, domain, attributes };
    known.set(key, operator);
  }
  return operator;
}
