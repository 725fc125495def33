import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../../test/database.ts';
import { findBreaches, parseInvariants, tellBreaches } from './invariants.ts';

const TEXT = `-- Statements that each return no row.

-- name: numbers are even
-- a remark
with numbers as (select generate_series(2, 20, 3) as n)
select n from numbers where n % 2 = 1;

-- name: one is one
select 1 where 1 <> 1
`;

describe('invariants', () => {
  let test: TestDatabase;
  beforeAll(async () => {
    test = await testDatabase();
  });
  afterAll(() => test.drop());

  it('are read with their names', () => {
    expect(parseInvariants(TEXT).map(({ name }) => name)).toEqual(['numbers are even', 'one is one']);
  });

  it('must have names', () => {
    expect(() => parseInvariants('select 1')).toThrow('no "-- name:" line: select 1');
  });

  it('that are broken are told with their first rows', async () => {
    const breaches = await findBreaches(test.owner.db, parseInvariants(TEXT));
    expect(tellBreaches(breaches)).toBe('broken: numbers are even\n  {"n":5}\n  {"n":11}\n  {"n":17}');
  });
});
