/** What descriptions say of the tables that lists read, held against the SQL and the database. */
import type { Sql } from 'sql-template-tag';
import sql from 'sql-template-tag';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../test/database.ts';
import type { Actor } from '../context.ts';
import { allRoutes } from '../domain/routes.ts';
import { must } from '../lib/must.ts';
import type { Part, Resource } from '../query/resource.ts';
import { pageReadsOf, type Reads, readsOf, tablesOf } from './reads.ts';

const TABLE_READ = /\b(?:from|join)\s+([a-z_]+)/g;
/** Rows that never change, under the digest of their content. */
const IMMUTABLE = ['definitions', 'published_definitions'];
const t = sql`t`;
const EVERYTHING = { is: 'and', of: [] } as const;

const actor = (roles: Actor['roles'], more: Partial<Actor> = {}): Actor => ({
  userId: 'usr_1',
  keyId: 'key_1',
  roles,
  platformRoles: new Set(),
  publicOnly: false,
  ...more,
});
const ACTORS = [
  actor(new Map([['wsp_1', 'admin']])),
  actor(
    new Map([
      ['wsp_1', 'viewer'],
      ['wsp_2', 'admin'],
    ]),
  ),
  actor(new Map(), { publicOnly: true }),
  actor(new Map(), { platformRoles: new Set(['admin']) }),
];

/** Every resource that is listed, or that a relation leads to from one. */
function allResources(): Resource<Actor>[] {
  const found = new Set<Resource<Actor>>();
  const add = (resource: Resource<Actor>): void => {
    if (found.has(resource)) return;
    found.add(resource);
    for (const { to } of Object.values(resource.relations)) add(to());
  };
  for (const route of allRoutes) if ('list' in route) add(route.list);
  return [...found];
}
const RESOURCES = allResources().map((resource) => [resource.name, resource] as const);

const tablesIn = (fragments: readonly Sql[]): string[] =>
  fragments.flatMap(({ sql: text }) => [...text.matchAll(TABLE_READ)].map(([, table = '']) => table));

const fragmentsOf = ({ from, where }: Part): Sql[] => [...(from === undefined ? [] : [sql`from ${from}`]), where];

let world: TestDatabase;
beforeAll(async () => {
  world = await testDatabase();
});
afterAll(() => world.drop());

describe.each(RESOURCES)('%s', (_, resource) => {
  const all = must(readsOf(resource, EVERYTHING), 'nothing changes with time here');
  const undescribed = (fragments: readonly Sql[], reads: Reads<Actor> = all) =>
    tablesIn(fragments).filter((table) => ![...tablesOf(reads), ...IMMUTABLE].includes(table));

  test('names in scopeReads what its scopes read, for every kind of actor', () => {
    const scopes = ACTORS.flatMap((each) => [
      resource.scope(each, t),
      ...(resource.scopeParts?.(each, t) ?? []).flatMap(fragmentsOf),
      ...(resource.deletedScope ? [resource.deletedScope(each, t)] : []),
    ]);
    const reached = ACTORS.flatMap((each) => [
      ...(resource.named?.parts(each, t) ?? []).flatMap(fragmentsOf),
      ...(resource.shownAs ? [sql`from ${resource.shownAs(each)}`] : []),
      ...(resource.reach ? [resource.reach(each, t)] : []),
    ]);
    const named = must(readsOf(resource, EVERYTHING, true), 'nothing changes with time here');
    expect(undescribed(reached, named)).toEqual([]);
    const joins = Object.values(resource.relations).map(({ join }) => join(t, sql`r`));
    expect(undescribed([...scopes, ...joins])).toEqual([]);
  });

  test('names in the reads of each field what its expression reads, and who sees it', () => {
    const wrong = Object.entries(resource.fields).flatMap(([name, field]) => {
      const { changesWithTime: _, ...timeless } = field;
      const reads = readsOf(resource, { is: 'compare', field: timeless, by: { op: 'isNull', value: true } });
      const looks = [...(field.expression ? [field.expression(t)] : []), ...ACTORS.flatMap((each) => field.visibleTo?.(each, t) ?? [])];
      return undescribed(looks, reads ?? all).map((table) => `${name} reads ${table}`);
    });
    expect(wrong).toEqual([]);
  });

  test('says of each field that not everybody sees that it may be null', () => {
    const hidden = Object.entries(resource.fields).filter(([, { visibleTo }]) => visibleTo !== undefined);
    expect(hidden.filter(([, { nullable }]) => nullable !== true)).toEqual([]);
  });

  test('names in jsonReads what else it shows', () => {
    const shown = pageReadsOf(all, []) ?? all;
    expect(
      undescribed(
        ACTORS.map((each) => resource.json(t, each)),
        shown,
      ),
    ).toEqual([]);
  });

  test.each([resource.table, ...(resource.faces ?? [])])('tells every change of %s', async (table) => {
    const found = await world.owner.db.many<{ name: string }>(
      sql`select tgname as name from pg_trigger where tgrelid = ${table}::regclass and tgname like 'tell_%' order by 1`,
    );
    expect(found.map(({ name }) => name)).toEqual(['tell_deleted', 'tell_inserted', 'tell_truncated', 'tell_updated']);
  });
});

test('an expression that knows the time is said to change with it', () => {
  const timed = RESOURCES.flatMap(([name, { fields }]) =>
    Object.entries(fields)
      .filter(([, { expression, changesWithTime }]) => /\bnow\(\)|_status\(/.test(expression?.(t).sql ?? '') && !changesWithTime)
      .map(([field]) => `${name}.${field}`),
  );
  expect(timed).toEqual([]);
});

test('within a parent, a list reads its own table alone', () => {
  const narrowed = allRoutes.flatMap((route) => ('list' in route && route.within ? [route.within({ id: 'x', workspaceId: null }, t)] : []));
  expect(narrowed).not.toEqual([]);
  expect(tablesIn(narrowed)).toEqual([]);
});
