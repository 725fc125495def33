import { describe, expect, test } from 'vitest';
import { Problem } from '../lib/errors.ts';
import { FaultLog } from '../lib/fault-log.ts';
import type { Json } from '../lib/json.ts';
import { DIRECTIONS, defaultOrder, parseOrder } from './order.ts';
import { boatResource, portResource } from './sample-fleet.ts';

function order(json: Json) {
  const log = new FaultLog('body', 'orderBy');
  const keys = parseOrder(boatResource, json, log);
  log.done();
  return keys;
}

function places(json: Json): string[] {
  try {
    order(json);
    return [];
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    expect([error.code, error.status]).toEqual(['invalid_order', 400]);
    return error.faults.map(({ pointer }) => pointer);
  }
}

describe('orderBy', () => {
  test('has six directions; bare ones put nulls where PostgreSQL does', () => {
    expect(DIRECTIONS.map((direction) => order([{ rank: direction }])[0]).map((key) => [key?.descending, key?.nullsFirst])).toEqual([
      [false, false],
      [true, true],
      [false, true],
      [false, false],
      [true, true],
      [true, false],
    ]);
  });

  test('takes fields of to-one relations, null where there is none to see', () => {
    expect(order([{ port: { name: 'desc' } }, { port: 'asc' }])).toMatchObject([
      { name: 'port.name', through: boatResource.relations.port, nullable: true },
      { name: 'port', through: null, nullable: true },
    ]);
    expect(order([{ port: { depth: 'asc' } }])).toMatchObject([{ nullable: true }]);
  });

  test('takes five keys, not six, one in each object', () => {
    const five = ['name', 'rank', 'weight', 'rig', 'built'].map((name) => ({ [name]: 'asc' }));
    expect(order(five)).toHaveLength(5);
    expect(places([...five, { id: 'asc' }])).toEqual(['/orderBy']);
    expect(places([{ name: 'asc', rank: 'asc' }, {}])).toEqual(['/orderBy/0', '/orderBy/1']);
  });

  test.each<[Json, string]>([
    [{ name: 'asc' }, '/orderBy'],
    ['name', '/orderBy'],
    [null, '/orderBy'],
    [['name'], '/orderBy/0'],
    [[{ secret: 'asc' }], '/orderBy/0/secret'],
    [[{ note: 'asc' }], '/orderBy/0/note'],
    [[{ log: 'asc' }], '/orderBy/0/log'],
    [[{ crew: { name: 'asc' } }], '/orderBy/0/crew'],
    [[{ port: { secret: 'asc' } }], '/orderBy/0/port'],
    [[{ port: { boats: { name: 'asc' } } }], '/orderBy/0/port'],
    [[{ port: { name: 'asc', depth: 'asc' } }], '/orderBy/0/port'],
    [[{ port: { name: 'up' } }], '/orderBy/0/port/name'],
    [[{ name: 'ASC' }], '/orderBy/0/name'],
    [[{ name: 'asc nulls first' }], '/orderBy/0/name'],
    [[{ name: null }], '/orderBy/0/name'],
    [[{ constructor: 'asc' }], '/orderBy/0/constructor'],
    [[{ 'name desc; --': 'asc' }], '/orderBy/0/name desc; --'],
  ])('%j is 400 at %s', (json, place) => {
    expect(places(json)).toEqual([place]);
  });

  test('is createdAt desc where nothing else is said', () => {
    expect(defaultOrder(boatResource)).toEqual([{ createdAt: 'desc' }]);
    expect(defaultOrder(portResource)).toEqual([{ depth: 'asc' }]);
  });
});
