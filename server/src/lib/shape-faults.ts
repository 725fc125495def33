import type { TSchema } from 'typebox';
import type { Fault } from './errors.ts';
import type { Json } from './json.ts';
import { type Check, checkOf } from './shape-check.ts';

const checks = new WeakMap<TSchema, Check>();

/** Everything wrong with a value by a wire shape, for values inside a body; pointers begin with `prefix`. Compiles each shape once. */
export function faultsOf(shape: TSchema, value: Json, prefix: string): Fault[] {
  const check = checks.get(shape) ?? checkOf(shape);
  checks.set(shape, check);
  return check(value).map((fault) => ({ ...fault, pointer: prefix + fault.pointer }));
}
