import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DIRECTIONS } from '../query/order.ts';
import type { Resource } from '../query/resource.ts';
import { filters } from '../query/sample-filters.ts';
import { boatResource, POOL, portResource, sailorResource, type Visitor } from '../query/sample-fleet.ts';
import { cursorKeyOf } from './cursor.ts';
import { listing } from './list.ts';
import { parseListParams } from './params.ts';

const COUNT = Number(process.env.MORTISE_TEST_FILTERS ?? 10_000);
const KEY = cursorKeyOf(Buffer.alloc(32, 1));
const US: Visitor = { owners: ['us'] };

/** Everything that may stand in a statement. Columns that nothing describes are not among it. */
const WORDS = new Set(
  `select from where and or not exists in is distinct null true false any all coalesce nullif array bigint as with left join on order by asc desc nulls first
   last limit extract epoch clock_timestamp statement_timestamp offset union materialized least greatest count total behind snapshot pg_current_snapshot json position like case when then end folded marked id text numeric boolean timestamptz jsonb jsonb_typeof json_build_array json_build_object one p m
   ports boats sailors owner open name depth rank weight sailing rig built log port_id created_at deleted_at boat_id age`.split(/\s+/),
);
const LITERALS = new Set(["'total'", "'ms'", "'snapshot'", "'behind'", "'first'", "'last'", "'id'", "'null'", "'{}'", "'!'", "'^'"]);
const MARKS = /^(?:[(),.*+=<>[\]?!~]|::|<>|<=|>=|<|>|@>|#>|#>>|\|\|)+$/;

/** What of a statement is not of the house: the empty list, for every filter there is. */
function foreign(text: string): string[] {
  // The number of rows is written out: 100 for a full page, and one more to see whether there is more.
  const tokens =
    text
      .replaceAll(/\blimit 101\b|, 100\) - 1\b|- statement_timestamp\(\)\) \* 1000/g, 'limit')
      .match(/'[^']*'|\$\d+|[\p{L}_]\w*|\d+|[^\s\w$'\p{L}]+|[^\s]/gu) ?? [];
  return tokens.filter((token) => {
    if (token.startsWith("'")) return !LITERALS.has(token);
    if (/^\$\d+$/.test(token) || /^[01]$/.test(token)) return false;
    return !(WORDS.has(token) || /^t\d{0,3}$/.test(token) || /^k\d$/.test(token) || MARKS.test(token));
  });
}

const statementOf = (resource: Resource<Visitor>, raw: object) =>
  listing(resource, parseListParams(resource, JSON.parse(JSON.stringify(raw)), 'body'), US, KEY).recount();

const direction = fc.constantFrom(...DIRECTIONS);
const orders = fc.array(
  fc.oneof(
    fc.tuple(fc.constantFrom('name', 'label', 'rank', 'built', 'port', 'id'), direction).map(([name, way]) => ({ [name]: way })),
    direction.map((way) => ({ port: { name: way } })),
  ),
  { maxLength: 5 },
);

describe('FLT-06 the SQL is finite', () => {
  test(`${COUNT} random filters and orders make statements of known identifiers, fixed operators and $n alone`, () => {
    const property = fc.property(
      filters(boatResource),
      orders,
      fc.constantFrom('false', 'true', 'only'),
      (filter, orderBy, include_deleted) => {
        const { text, values } = statementOf(boatResource, { filter, orderBy, include_deleted, name: 'x' });
        expect(foreign(text)).toEqual([]);
        expect(Math.max(...(text.match(/\$\d+/g) ?? []).map((each) => Number(each.slice(1))))).toBe(values.length);
      },
    );
    fc.assert(property, { numRuns: COUNT, seed: 1 });
    for (const resource of [portResource, sailorResource])
      fc.assert(
        fc.property(filters(resource), (filter) => {
          expect(foreign(statementOf(resource, { filter }).text)).toEqual([]);
        }),
        { numRuns: COUNT / 10 },
      );
  }, 60_000);

  test('text of a filter is never text of a statement, and no value changes it', () => {
    const texts = POOL.names.map((name) => {
      const filter = {
        name: { eq: name, contains: name, in: [name] },
        log: { hasKey: name, contains: { [name]: name }, path: { at: '/a', eq: name } },
      };
      return statementOf(boatResource, { filter, name: `${name}x` }).text;
    });
    expect(new Set(texts).size).toBe(1);
  });
});
