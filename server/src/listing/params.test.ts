import { describe, expect, test } from 'vitest';
import { Problem } from '../lib/errors.ts';
import type { Json } from '../lib/json.ts';
import { boatResource, portResource } from '../query/sample-fleet.ts';
import { parseListParams } from './params.ts';

const query = (raw: Record<string, string>) => parseListParams(boatResource, raw, 'query');
const body = (raw: Json) => parseListParams(boatResource, raw, 'body');

/** The problem that it throws: its code, and pointer and message of each fault. */
function problem(parse: () => unknown): { code: string; faults: [string, string][] } {
  try {
    parse();
  } catch (error) {
    if (error instanceof Problem) return { code: error.code, faults: error.faults.map(({ pointer, message }) => [pointer, message]) };
    throw error;
  }
  throw new Error('nothing was wrong');
}

describe('FLT-07 limit', () => {
  test.each(['0', '-1', '101', '1e2', '5.0', '', ' 5', '05', '+5', '0x5', 'five', '1000', '٣'])('%j is 400 on a query string', (limit) => {
    expect(problem(() => query({ limit }))).toEqual({
      code: 'invalid_request',
      faults: [['query:limit', 'must be a whole number from 1 to 100']],
    });
  });

  test.each<Json>([0, -1, 101, 5.5, '5', '', true, null, [5]])('%j is 400 in a body', (limit) => {
    expect(problem(() => body({ limit })).faults).toEqual([['/limit', 'must be a whole number from 1 to 100']]);
  });

  test('1 and 100 are fine, 100 is the default', () => {
    expect([query({ limit: '1' }).limit, query({ limit: '100' }).limit, query({}).limit, body({ limit: 7 }).limit]).toEqual([
      1, 100, 100, 7,
    ]);
  });
});

describe('other parameters', () => {
  test('ids: each wrong one is told', () => {
    const good = 'boat_00000000000000000000000001';
    expect(query({ ids: `${good},${good}` }).ids).toEqual([good, good]);
    expect(body({ ids: [] }).ids).toEqual([]);
    expect(problem(() => body({ ids: [good, 'x', 5, 'port_00000000000000000000000001'] })).faults.map(([at]) => at)).toEqual([
      '/ids/1',
      '/ids/2',
      '/ids/3',
    ]);
    expect(problem(() => query({ ids: '' })).faults[0]?.[0]).toBe('query:ids');
    expect(problem(() => body({ ids: Array(201).fill(good) })).faults).toEqual([['/ids', 'is over the limit of 200 ids']]);
    expect(problem(() => body({ ids: good })).faults).toEqual([['/ids', 'must be a list of ids']]);
  });

  test('include_deleted: false, true, only; unknown where nothing is soft-deleted', () => {
    expect(query({ include_deleted: 'only' }).includeDeleted).toBe('only');
    expect(body({ include_deleted: true }).includeDeleted).toBe('true');
    for (const value of ['yes', '', 'TRUE', null, 1, ['true'], {}] as Json[])
      expect(problem(() => body({ include_deleted: value })).faults, JSON.stringify(value)).toHaveLength(1);
    expect(problem(() => parseListParams(portResource, { include_deleted: 'true' }, 'query')).faults).toHaveLength(1);
  });

  test('shorthands are filters, typed by their field', () => {
    const { fields } = boatResource;
    expect(query({ name: 'a', rank: '2', sailing: 'false', rig: 'yawl' }).filter).toEqual({
      is: 'and',
      of: [
        { is: 'compare', field: fields.name, by: { op: 'icontains', value: 'a' } },
        { is: 'compare', field: fields.rank, by: { op: 'eq', value: 2 } },
        { is: 'compare', field: fields.sailing, by: { op: 'eq', value: false } },
        { is: 'compare', field: fields.rig, by: { op: 'eq', value: 'yawl' } },
      ],
    });
    const wrong = { rank: 'x', sailing: '1', rig: 'brig' };
    expect(problem(() => query(wrong)).faults.map(([at]) => at)).toEqual(['query:rank', 'query:sailing', 'query:rig']);
    expect(problem(() => body({ rank: '2', sailing: 'true', name: null, rig: ['yawl'] })).faults.map(([at]) => at)).toEqual([
      '/name',
      '/rank',
      '/sailing',
      '/rig',
    ]);
  });

  test('after and before at once are 400, as is a cursor that is no text', () => {
    expect(problem(() => query({ after: 'a', before: 'b' }))).toMatchObject({
      code: 'invalid_cursor',
      faults: [['query:before', expect.any(String)]],
    });
    for (const after of ['', 5, true, {}, []] as Json[]) expect(problem(() => body({ after }))).toMatchObject({ code: 'invalid_cursor' });
    expect(body({ after: null, before: null })).toMatchObject({ after: null, before: null });
  });

  test('unknown ones are refused, and the known ones told', () => {
    expect(problem(() => query({ offset: '5' })).faults).toEqual([
      [
        'query:offset',
        expect.stringMatching(/^is no parameter of this list; it has limit, after, before, ids, filter, orderBy, include_deleted, name/),
      ],
    ]);
    expect(problem(() => body([])).faults).toEqual([['/', 'must be an object of list parameters']]);
  });

  test('everything wrong is told at once; in a query string the message tells the place inside', () => {
    const raw = { limit: '0', filter: '{"rank":"x","nope":1}', orderBy: '[{"nope":"asc"}]', offset: '1' };
    const { code, faults } = problem(() => query(raw));
    expect(code).toBe('invalid_request');
    expect(faults.map(([at, message]) => [at, message.slice(0, 14)])).toEqual([
      ['query:offset', 'is no paramete'],
      ['query:limit', 'must be a whol'],
      ['query:filter', 'at /rank must '],
      ['query:filter', 'at /nope is no'],
      ['query:orderBy', 'at /0/nope is '],
    ]);
  });

  test('broken JSON, duplicate keys and more than 16 KiB of it are 400', () => {
    for (const filter of ['', '{', '{"rank":1,"rank":2}', '{"rank":1e400}', '{"name":"\\ud800"}', '[]', 'null'])
      expect(
        problem(() => query({ filter })),
        filter,
      ).toMatchObject({ code: 'invalid_filter', faults: [['query:filter', expect.any(String)]] });
    const long = (bytes: number) => `{"name":"${'é'.repeat((bytes - 11) / 2)}"}`;
    expect(query({ filter: long(16_383) }).filter).toMatchObject({ is: 'and' });
    expect(problem(() => query({ filter: long(16_385) })).faults).toEqual([['query:filter', 'is over the limit of 16384 bytes of JSON']]);
    expect(problem(() => body({ filter: JSON.parse(long(16_385)) })).faults).toEqual([
      ['/filter', 'is over the limit of 16384 bytes of JSON'],
    ]);
    expect(problem(() => query({ orderBy: 'name' })).code).toBe('invalid_order');
  });
});
