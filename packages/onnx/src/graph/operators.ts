import { Numbered } from './numbered.ts';
import type { Attributes, Operator } from './value.ts';

const known = new Numbered<Operator>();

/** The operator of that type and those attributes: one object for all that are alike, so that a number tells them apart. */
export function operatorOf(type: string, attributes: Attributes, domain: string, outputs: number): Operator {
  const key = `${domain}:${type}/${outputs}${JSON.stringify(attributes)}`;
  return known.get(key, (id) => ({ id, type, domain, attributes }));
}
