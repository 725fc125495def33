import { describe, expect, test } from 'vitest';
import { Problem } from '../lib/errors.ts';
import { FaultLog } from '../lib/fault-log.ts';
import type { Json } from '../lib/json.ts';
import { OPERATORS, PATH_OPERATORS, parseFilter } from './filter.ts';
import type { FieldType } from './resource.ts';
import { boatResource, portResource } from './sample-fleet.ts';

/** What is wrong with a filter of boats: pointer and message of each fault. */
function faults(filter: Json): { pointer: string; message: string }[] {
  const log = new FaultLog('body', 'filter');
  parseFilter(boatResource, filter, log);
  try {
    log.done();
    return [];
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    expect([error.code, error.status]).toEqual(['invalid_filter', 400]);
    return [...error.faults];
  }
}
const places = (filter: Json): string[] => faults(filter).map(({ pointer }) => pointer);
const message = (filter: Json): string => faults(filter)[0]?.message ?? '';

const EXAMPLES: Record<FieldType, { field: string; good: Json; bad: Json[] }> = {
  id: { field: 'id', good: 'boat_00000000000000000000000001', bad: [1, 'boat_1', 'port_00000000000000000000000001', '', true] },
  string: { field: 'name', good: 'a', bad: [1, true, ['a'], { eq: { eq: 'a' } }] },
  number: { field: 'rank', good: 1.5, bad: ['1', true, [1]] },
  boolean: { field: 'sailing', good: true, bad: ['true', 1, 0] },
  timestamp: {
    field: 'built',
    good: '2024-02-29T12:00:00Z',
    bad: [0, '2024-02-30T12:00:00Z', '2024-02-29', 'now', '2024-02-29T12:00:00', 'infinity'],
  },
  enum: { field: 'rig', good: 'sloop', bad: ['SLOOP', '', 1] },
  json: { field: 'log', good: {}, bad: ['a', 1, true, null, []] },
};
const ALL = [...new Set([...Object.values(OPERATORS).flat(), ...PATH_OPERATORS])] as string[];

function operand(op: string, good: Json): Json {
  if (op === 'in' || op === 'notIn') return [good];
  if (op === 'isNull') return true;
  if (op === 'path') return { at: '/a', eq: 1 };
  return op === 'hasKey' ? 'a' : good;
}

describe.each(Object.entries(EXAMPLES) as [FieldType, (typeof EXAMPLES)[FieldType]][])(
  'a field of type %s',
  (type, { field, good, bad }) => {
    const allowed: readonly string[] = OPERATORS[type];

    test.each(allowed)('takes %s', (op) => {
      expect(faults({ [field]: { [op]: operand(op, good) } })).toEqual([]);
    });

    test.each(ALL.filter((op) => !allowed.includes(op)))('refuses %s, and says what it takes', (op) => {
      const [fault] = faults({ [field]: { [op]: operand(op, good) } });
      expect(fault).toEqual({ pointer: `/filter/${field}/${op}`, message: `is not compared in this way; there are ${allowed.join(', ')}` });
    });

    test('refuses values of another type, alone, in a list and after an operator', () => {
      for (const value of bad) {
        expect(faults({ [field]: value }), JSON.stringify(value)).toHaveLength(type === 'json' && JSON.stringify(value) === '{}' ? 0 : 1);
        if (type === 'json') continue;
        expect(faults({ [field]: { eq: value } })).toHaveLength(1);
        expect(places({ [field]: { in: [good, value] } })).toEqual([`/filter/${field}/in`]);
      }
    });
  },
);

describe('the place of a json field', () => {
  test.each(PATH_OPERATORS)('takes %s', (op) => {
    expect(faults({ log: { path: { at: '/a/0/b~1c', [op]: operand(op, 'x') } } })).toEqual([]);
  });

  test.each<[Json, string]>([
    ['x', ''],
    [{ eq: 1 }, ''],
    [{ at: 'a', eq: 1 }, '/at'],
    [{ at: '/~2', eq: 1 }, '/at'],
    [{ at: '/a'.repeat(17), eq: 1 }, '/at'],
    [{ at: '/a', hasKey: 'x' }, '/hasKey'],
    [{ at: '/a', eq: { b: 1 } }, '/eq'],
    [{ at: '/a', eq: [1] }, '/eq'],
    [{ at: '/a', contains: 1 }, '/contains'],
    [{ at: '/a', lt: null }, '/lt'],
    [{ at: '/a', in: [null] }, '/in'],
  ])('refuses %j', (path, place) => {
    expect(places({ log: { path } })).toEqual([`/filter/log/path${place}`]);
  });
});

describe('what there is not', () => {
  const HIDDEN = ['secret', 'owner', 'note', 'port_id', 'open', 'pin'];
  const NAMES = [
    ...HIDDEN,
    't.name',
    'name"',
    "name'",
    'name--',
    'name__eq',
    'name.eq',
    'Name',
    'nаme',
    ' name',
    '',
    '*',
    '$1',
    'and',
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'x'.repeat(10_240),
  ];

  test.each(NAMES.map((name) => [name.slice(0, 20), name]))('%j is no field, directly or through relations, by any operator', (_, name) => {
    // A literal `__proto__` would set the prototype; the strict parser makes it a property like any other.
    const entry = (value: Json): Json => Object.fromEntries([[name, value]]);
    for (const op of ALL) {
      const [direct] = faults(entry({ [op]: 'x' }));
      expect(direct?.message).toMatch(/^is no field or relation of Boat that can be filtered by; it has id, name, /);
      expect(direct?.message).not.toMatch(/\b(secret|owner|note|port_id|open|pin)\b/);
    }
    expect(places({ port: { depth: 1, ...(entry('x') as object) } })).toHaveLength(1);
    expect(places({ crew: { some: { boat: entry(null) } } })).toHaveLength(1);
  });

  test.each<[Json, string]>([
    [{ crew: { any: {} } }, '/filter/crew/any'],
    [{ crew: { isNull: true } }, '/filter/crew/isNull'],
    [{ crew: [] }, '/filter/crew'],
    [{ crew: null }, '/filter/crew'],
    [{ port: { isNull: 1 } }, '/filter/port/isNull'],
    [{ AND: {} }, '/filter/AND'],
    [{ OR: 'x' }, '/filter/OR'],
    [{ OR: [null] }, '/filter/OR/0'],
    [{ NOT: [] }, '/filter/NOT'],
    [{ name: { isNull: null } }, '/filter/name/isNull'],
    [{ name: { in: 'a' } }, '/filter/name/in'],
    [{ name: { in: [null] } }, '/filter/name/in'],
    [{ name: { lt: null } }, '/filter/name/lt'],
    ['x', '/filter'],
    [null, '/filter'],
    [[], '/filter'],
  ])('%j is told at %s', (filter, place) => {
    expect(places(filter)).toEqual([place]);
  });

  test('all faults are told at once, each with its place', () => {
    const filter = { nope: 1, OR: [{ rank: 'x' }, { port: { name: { has: 1 } } }], crew: { some: { age: { in: [1, 'y'] } }, all: {} } };
    expect(places(filter)).toEqual([
      '/filter/nope',
      '/filter/OR/0/rank',
      '/filter/OR/1/port/name/has',
      '/filter/crew/some/age/in',
      '/filter/crew/all',
    ]);
  });

  test('a thousand faults are told as the first hundred', () => {
    expect(faults(Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`no${index}`, 1])))).toHaveLength(100);
  });
});

describe('FLT-08 limits, each told by its name', () => {
  const nested = (levels: number): Json => (levels === 1 ? { rank: 1 } : { NOT: nested(levels - 1) });

  test('8 levels, not 9', () => {
    expect(faults(nested(8))).toEqual([]);
    expect(message(nested(9))).toBe('is over the limit of 8 levels');
    expect(faults(nested(60))).toHaveLength(1);
  });

  test('100 conditions, not 101, wherever they stand', () => {
    const many = (count: number): Json => ({ OR: Array.from({ length: count }, () => ({})) });
    expect(faults(many(99))).toEqual([]);
    expect(message(many(100))).toBe('is over the limit of 100 conditions in one filter');
    const paths = (count: number): Json => ({
      AND: Array.from({ length: count }, () => ({ log: { path: { at: '', eq: 1, ne: 2, gt: 3 } } })),
    });
    expect(faults(paths(19))).toEqual([]);
    expect(faults(paths(20))).toHaveLength(1);
  });

  test('200 values in a list, not 201', () => {
    const list = (count: number): Json => ({ rank: { in: Array.from({ length: count }, (_, index) => index) } });
    expect(faults(list(200))).toEqual([]);
    expect(message(list(201))).toBe('is over the limit of 200 values');
  });

  test('4 relations in one another, not 5', () => {
    const through = (count: number): Json =>
      count === 0 ? {} : count % 2 ? { port: through(count - 1) } : { boats: { some: through(count - 1) } };
    expect(faults({ port: { boats: { some: { port: { boats: { some: { rank: 1 } } } } } } })).toEqual([]);
    expect(message({ port: { boats: { some: { port: { boats: { some: { port: { depth: 1 } } } } } } } })).toBe(
      'is over the limit of 4 relations in one another',
    );
    expect(through(0)).toEqual({});
  });
});

test('where a field and a relation share a name, values and operators mean the field', () => {
  const log = new FaultLog('body', 'filter');
  const ast = (filter: Json) => parseFilter(boatResource, filter, log);
  const field = { is: 'and', of: [{ is: 'compare', field: boatResource.fields.port, by: { op: 'isNull', value: true } }] };
  expect(ast({ port: { isNull: true } })).toEqual({ is: 'and', of: [field] });
  expect(ast({ port: null })).toEqual({ is: 'and', of: [field.of[0]] });
  expect(ast({ port: { name: null } })).toMatchObject({ of: [{ is: 'related', quantifier: 'some' }] });
  expect(parseFilter(portResource, {}, log)).toEqual({ is: 'and', of: [] });
  log.done();
});
