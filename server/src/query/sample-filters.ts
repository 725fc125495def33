/** Filters of the sample fleet by chance, all of them valid. */
import fc, { type Arbitrary } from 'fast-check';
import type { Json, JsonObject } from '../lib/json.ts';
import { OPERATORS, PATH_OPERATORS } from './filter.ts';
import type { Field, Resource } from './resource.ts';
import { POOL, RIGS, type Visitor } from './sample-fleet.ts';

const ids = (prefix: string): Arbitrary<Json> => fc.nat(8).map((number) => `${prefix}_${String(number).padStart(26, '0')}`);

function valuesOf(field: Field): Arbitrary<Json> {
  switch (field.type) {
    case 'id':
      return ids(field.prefixes?.[0] ?? 'boat');
    case 'number':
      return fc.constantFrom(...POOL.ranks, ...POOL.weights);
    case 'boolean':
      return fc.boolean();
    case 'timestamp':
      return fc.constantFrom(...POOL.times);
    case 'enum':
      return fc.constantFrom(...RIGS);
    default:
      return fc.constantFrom(...POOL.names);
  }
}

function operandOf(op: string, value: Arbitrary<Json>): Arbitrary<Json> {
  if (op === 'in' || op === 'notIn') return fc.array(value, { maxLength: 3 });
  if (op === 'isNull') return fc.boolean();
  if (op === 'eq' || op === 'ne') return fc.oneof({ weight: 5, arbitrary: value }, { weight: 1, arbitrary: fc.constant(null) });
  return value;
}

const operationsOf = (operators: readonly string[], operand: (op: string) => Arbitrary<Json>): Arbitrary<JsonObject> =>
  fc
    .subarray([...operators], { minLength: 1, maxLength: 2 })
    .chain((chosen) => fc.record(Object.fromEntries(chosen.map((op) => [op, operand(op)])) as Record<string, Arbitrary<Json>>));

const path: Arbitrary<Json> = fc
  .tuple(
    fc.constantFrom(...POOL.places),
    operationsOf(PATH_OPERATORS, (op) =>
      operandOf(op, /with|contains/i.test(op) ? fc.constantFrom('x', 'k', '1', '', '%') : fc.constantFrom(...POOL.insides)),
    ),
  )
  .map(([at, operations]) => ({ at, ...operations }));

const json: Arbitrary<Json> = operationsOf(OPERATORS.json, (op) => {
  if (op === 'path') return path;
  if (op === 'isNull') return fc.boolean();
  return op === 'hasKey' ? fc.constantFrom('a', 'b', 'k', '', 't') : fc.constantFrom(...POOL.parts);
});

function conditionOn(field: Field): Arbitrary<Json> {
  if (field.type === 'json') return json;
  const value = valuesOf(field);
  const operations = operationsOf(OPERATORS[field.type], (op) => operandOf(op, value));
  return fc.oneof({ weight: 4, arbitrary: operations }, { weight: 1, arbitrary: value }, { weight: 1, arbitrary: fc.constant(null) });
}

const pair = (name: string, value: Arbitrary<Json>): Arbitrary<JsonObject> => value.map((each) => ({ [name]: each }));

/** Filters of a resource, with at most `depth` levels below the first. */
export function filters(resource: Resource<Visitor>, depth = 3): Arbitrary<JsonObject> {
  const fields = Object.entries(resource.fields).filter(([name, { filterable }]) => filterable !== false && !/At$/.test(name));
  const conditions = fields.map(([name, field]) => pair(name, conditionOn(field)));
  const flat = fc.oneof(fc.constant({}), ...conditions);
  if (depth === 0) return flat;
  const inner = filters(resource, depth - 1);
  const list = fc.array(inner, { maxLength: 3 });
  const relations = Object.entries(resource.relations).map(([name, { to, kind }]) => {
    const nested = filters(to(), depth - 1).filter((each) => kind === 'many' || Object.keys(each).length > 0);
    const quantified = operationsOf(['some', 'every', 'none'], () => nested);
    return pair(name, kind === 'many' ? quantified : fc.oneof(nested, pair('isNull', fc.boolean())));
  });
  const both = fc.tuple(flat, inner).map(([a, b]) => ({ ...a, ...b }));
  return fc.oneof(flat, pair('AND', list), pair('OR', list), pair('NOT', inner), both, ...relations);
}
