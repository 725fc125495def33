import fc from 'fast-check';
import Type from 'typebox';
import { expect, it } from 'vitest';
import { newId } from './ids.ts';
import type { Json } from './json.ts';
import { idOf, nullable, shape, text, timestamp } from './shape.ts';
import { checkOf } from './shape-check.ts';

const messages = (schema: Parameters<typeof checkOf>[0], value: Json) =>
  checkOf(schema)(value).map(({ pointer, message }) => `${pointer} ${message}`);
const one = (field: Parameters<typeof shape>[0][string], value: Json) => messages(shape({ a: field }), { a: value });

it.each([
  '1998-12-31T23:59:60Z',
  '0000-01-01T00:00:00Z',
  '9999-12-31T23:59:59-23:59',
  '2030-02-30T00:00:00Z',
  '2030-01-01',
  '2030-01-01T00:00:00',
  'now',
])('the time %s is refused', (time) => {
  expect(one(timestamp('t'), time)).toEqual(['/a must be an ISO 8601 time such as 2030-01-31T12:00:00Z']);
});

it('every time that JavaScript prints is accepted', () => {
  fc.assert(
    fc.property(
      fc.date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true }),
      (date) => one(timestamp('t'), date.toISOString()).length === 0,
    ),
  );
});

it('an id is held to its prefix, one among several, or null where that may be', () => {
  const field = nullable(idOf(['int', 'intver'], 'i'));
  for (const value of [newId('int'), newId('intver'), null]) expect(one(field, value)).toEqual([]);
  expect(one(field, newId('usr'))).toEqual(['/a is an id of another type (usr_…); expected int_… or intver_…']);
  expect(one(field, 'int_1')).toEqual(['/a is not an id; expected int_… or intver_…']);
  expect(one(field, 1)).toEqual(['/a must be a string or null']);
});

it('faults deep in the body have their place', () => {
  const schema = shape({ 'x/y': Type.Array(shape({ name: text('n', 3, 2) })) });
  expect(messages(schema, { 'x/y': [{ name: 'abc' }, { name: 'a' }, { name: 'abcd' }, {}, 7, { name: 'ab', more: 1 }] }).sort()).toEqual([
    '/x~1y/1/name must have at least 2 characters',
    '/x~1y/2/name must have at most 3 characters',
    '/x~1y/3/name is required',
    '/x~1y/4 must be an object',
    '/x~1y/5/more is not a known field',
  ]);
});

it('a union that does not fit is one fault, not one per form', () => {
  expect(one(Type.Union([Type.String(), shape({ b: Type.Integer() })]), 1)).toEqual(['/a has none of the allowed forms']);
});

it('a body full of faults names the first hundred', () => {
  const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`f${i}`, 1]));
  expect(messages(shape({}), many)).toHaveLength(100);
});

it('whatever comes, a check answers and never throws', () => {
  const check = checkOf(
    shape({ a: Type.Optional(Type.Integer()), b: Type.Optional(nullable(text('b', 3))), c: Type.Optional(Type.Array(idOf('usr', 'u'))) }),
  );
  fc.assert(fc.property(fc.jsonValue(), (value) => Array.isArray(check(value as Json))));
});
