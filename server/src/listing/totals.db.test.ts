import fc from 'fast-check';
import sql, { raw, type Sql } from 'sql-template-tag';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../test/database.ts';
import type { Json } from '../lib/json.ts';
import { must } from '../lib/must.ts';
import type { Resource } from '../query/resource.ts';
import { filters } from '../query/sample-filters.ts';
import {
  boatResource,
  type Fleet,
  insertRows,
  portResource,
  sailorResource,
  sampleFleet,
  TABLES,
  type Visitor,
} from '../query/sample-fleet.ts';
import { answerBy } from './answer.ts';
import { changedSince, forgetForeign, prune } from './changes.ts';
import { cursorKeyOf } from './cursor.ts';
import { type Listing, listing } from './list.ts';
import { readPage } from './page.ts';
import { Pages } from './pages.ts';
import { parseListParams } from './params.ts';
import { Plans } from './plans.ts';
import { type Counted, Totals } from './totals.ts';
import { Watches } from './watches.ts';

const SEED = Number(process.env.MORTISE_TEST_SEED ?? 20_260_101);
const ROUNDS = Number(process.env.MORTISE_TEST_FILTERS ?? 10_000) / 20;
const KEY = cursorKeyOf(Buffer.alloc(32, 1));
const US: Visitor = { owners: ['us'] };
const TRUE = sql`true`;
const chances = fc.sample(fc.nat(1_000_000), { numRuns: 20_011, seed: SEED });
let taken = 0;
const pick = <T>(values: readonly T[]): T => values[must(chances[taken++ % chances.length], 'there are chances') % values.length] as T;
const fleet: Fleet = sampleFleet({ ports: 6, boats: 60, sailors: 60 }, pick);

let world: TestDatabase;
beforeAll(async () => {
  world = await testDatabase();
  await world.owner.db.run(TABLES);
  for (const table of ['ports', 'boats', 'sailors'] as const) {
    await world.owner.db.run(sql`call tell_changes_of(${raw(`'${table}'`)})`);
    await world.owner.db.run(insertRows(table, fleet[table]));
  }
});
afterAll(() => world.drop());

const listOf = (resource: Resource<Visitor>, filter: Json, more: Record<string, Json> = {}): Listing =>
  listing(resource, parseListParams(resource, { filter, ...more }, 'body'), US, KEY);
const tallyOf = (list: Listing) => must(list.tally, 'the fleet does not change with time');

const ledgerOf = () => {
  const totals = new Totals();
  const watches = new Watches(() => world.owner.hold(), totals);
  return { totals, watches, pages: new Pages(), plans: new Plans(), blank: false };
};

/** One write by chance: new rows, changed rows, moved ones, soft and hard deletes, changes of who sees what. */
function someWrite(): Sql {
  const table = raw(pick(['ports', 'boats', 'boats', 'sailors']));
  const few = sql`id in (select id from ${table} order by random() limit ${pick([1, 1, 2, 5])}::int)`;
  const text = String(table.sql);
  const ways = [
    sql`update ${table} set owner = ${pick(['us', 'them'])} where ${few}`,
    sql`update ${table} set name = ${pick(['', 'a', 'ab', 'x'])} where ${few}`,
    sql`delete from ${table} where ${few}`,
    sql`insert into ports (id, owner, name, depth) values ('port_' || lpad((random() * 1e9)::bigint::text, 26, '0'), ${pick(['us', 'them'])}, 'a', 2)`,
    sql`insert into boats (id, owner, open, name, rank, port_id) select 'boat_' || lpad((random() * 1e9)::bigint::text, 26, '0'),
      ${pick(['us', 'them'])}, random() < 0.5, 'ab', (random() * 4)::int, (select id from ports order by random() limit 1)
      from generate_series(1, ${pick([1, 4])}::int)`,
    sql`insert into sailors (id, owner, boat_id, name, age) select 'sailor_' || lpad((random() * 1e9)::bigint::text, 26, '0'),
      'us', (select id from boats order by random() limit 1), 'b', 18`,
  ];
  if (text !== 'ports') ways.push(sql`update ${table} set deleted_at = case when deleted_at is null then now() end where ${few}`);
  if (text === 'boats')
    ways.push(
      sql`update boats set open = not open where ${few}`,
      sql`update boats set port_id = (select id from ports order by random() limit 1) where ${few}`,
    );
  if (text === 'sailors') ways.push(sql`update sailors set boat_id = (select id from boats order by random() limit 1) where ${few}`);
  return pick(ways);
}

const RESOURCES = [boatResource, portResource, sailorResource];

describe('a total that is kept up', () => {
  test(`is the count in its own snapshot, for ${ROUNDS} random filters and writes of all kinds`, async () => {
    const tried = RESOURCES.flatMap((resource) =>
      fc
        .sample(fc.tuple(filters(resource), fc.constantFrom('false', 'true', 'only')), { numRuns: Math.ceil(ROUNDS / 3), seed: SEED })
        .map(([filter, include_deleted]) => listOf(resource, filter, resource.deletedScope ? { include_deleted } : {})),
    );
    for (const list of tried) {
      const { totals, watches } = ledgerOf();
      const tally = tallyOf(list);
      for (let round = 0; round < 4; round++) {
        await watches.advance(tally, async (state, { total }) => {
          expect(total, tally.count().text).toBe((await state.one<{ total: number }>(tally.count())).total);
        });
        for (let writes = pick([0, 1, 1, 3]); writes > 0; writes--) await world.owner.db.run(someWrite());
      }
      expect(watches.has(tally.key)).toBe(true);
      expect(totals.get(tally.key)).not.toBeNull();
      watches.close();
    }
  }, 120_000);

  test('moves by the difference: nothing is counted anew', async () => {
    const { watches } = ledgerOf();
    const tally = tallyOf(listOf(boatResource, { crew: { some: { age: { gte: 18 } } }, port: { depth: { gte: 0 } } }));
    await watches.advance(tally, async () => {});
    const uncountable = { ...tally, count: (among?: readonly string[]) => (among ? tally.count(among) : sql`select 1 / 0 as total`) };
    for (let round = 0; round < 20; round++) {
      await world.owner.db.run(someWrite());
      await watches.advance(uncountable, async (state, { total }) => {
        expect(total).toBe((await state.one<{ total: number }>(tally.count())).total);
      });
    }
    watches.close();
  });

  test('is counted anew when too much changed to be followed, and when its state is gone', async () => {
    const { watches } = ledgerOf();
    const tally = tallyOf(listOf(portResource, {}));
    const exact = () =>
      watches.advance(tally, async (state, { total }) => {
        expect(total).toBe((await state.one<{ total: number }>(tally.count())).total);
      });
    await exact();
    await world.owner.db.run(
      sql`insert into ports select 'port_' || lpad((2e9 + n)::text, 26, '0'), 'us', 'many', 1 from generate_series(1, 1001) n`,
    );
    await exact();
    await world.owner.db.run(sql`delete from ports where name = 'many'`);
    await world.owner.db.run(sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and state = 'idle in transaction'`);
    await exact();
    watches.close();
  });

  test('never contradicts its page while others write, and no request counts beside the others', async () => {
    const ledger = ledgerOf();
    const list = listOf(sailorResource, { boat: { name: { ne: 'b' } } });
    const tally = tallyOf(list);
    await world.owner.db.run(sql`delete from sailors where id in (select id from sailors offset 60)`);
    await ledger.watches.advance(tally, async () => {});
    const recount = list.recount;
    const counted: unknown[] = [];
    const watched: Listing = {
      ...list,
      recount: (proof) => {
        counted.push(proof);
        return recount(proof);
      },
    };
    let writing = true;
    const write = (statement: Sql) => world.owner.transaction((tx) => tx.run(statement)); // two may meet in a deadlock
    const writers = [1, 2].map(async () => {
      while (writing) {
        await write(sql`update sailors set deleted_at = case when deleted_at is null then now() end where random() < 0.1`);
        await write(sql`update boats set name = case when random() < 0.3 then 'b' else 'c' end where random() < 0.1`);
      }
    });
    const readers = Array.from({ length: 8 }, async () => {
      for (let page = 0; page < 30; page++) {
        const { data, pageInfo } = JSON.parse(must(await answerBy(watched, world.owner.db, ledger, TRUE), 'it is proven').json);
        expect(pageInfo.total).toBe(data.length);
      }
    });
    await Promise.all(readers);
    writing = false;
    await Promise.all(writers);
    expect(counted).toEqual([]);
    ledger.watches.close();
  }, 60_000);

  test('is no longer kept up, and counted by the next who ask, when no new state can be held', async () => {
    const ledger = ledgerOf();
    const watches = new Watches(() => (full ? Promise.reject(new Error('no connection is free')) : world.owner.hold()), ledger.totals);
    const list = listOf(portResource, { depth: { gte: 0 } });
    const tally = tallyOf(list);
    let full = false;
    await watches.advance(tally, async () => {});
    await world.owner.db.run(sql`update ports set depth = depth`);
    full = true;
    const ask = () => answerBy(list, world.owner.db, { ...ledger, watches }, TRUE);
    await expect(ask()).rejects.toThrow('no connection is free');
    expect(watches.has(tally.key)).toBe(false);
    const { pageInfo, data } = JSON.parse(must(await ask(), 'it is proven').json);
    expect(pageInfo.total).toBe(data.length);
  });

  test('lets go of its state when it is closed', async () => {
    const { watches } = ledgerOf();
    await watches.advance(tallyOf(listOf(portResource, {})), async () => {});
    watches.close();
    await expect
      .poll(() =>
        world.owner.db.one(
          sql`select count(*) as held from pg_stat_activity where datname = current_database() and state = 'idle in transaction'`,
        ),
      )
      .toEqual({ held: 0 });
  });
});

describe('a page that is asked for again', () => {
  const orders = fc.constantFrom<Json[]>([{ rank: 'asc' }], [{ port: { name: 'desc' } }, { name: 'asc' }], []);

  test('is told as it was only while nothing that it shows, is filtered or ordered by has changed', async () => {
    const tried = fc
      .sample(fc.tuple(filters(boatResource), orders), { numRuns: Math.ceil(ROUNDS / 5), seed: SEED })
      .map(([filter, orderBy]) => listOf(boatResource, filter, { orderBy, limit: 7 }));
    let told = 0;
    for (const list of tried) {
      const ledger = ledgerOf();
      for (let round = 0; round < 5; round++) {
        const kept = ledger.pages.recall(list);
        const json = (await answerBy(list, world.owner.db, ledger, TRUE))?.json;
        const fresh = must(list.read(await readPage(world.owner.db, list.recount())), 'it was counted');
        expect(json, list.recount().text).toBe(fresh.json);
        if (kept?.json === json) told += 1;
        if (round > 1) await world.owner.db.run(someWrite());
      }
    }
    expect(told).toBeGreaterThan(tried.length);
  }, 60_000);

  test('is the same for all who see the same, and for nobody else', () => {
    const keyFor = (visitor: Visitor, limit = 7) =>
      listing(boatResource, parseListParams(boatResource, { limit }, 'body'), visitor, KEY).key;
    expect(keyFor({ owners: ['us'] })).toBe(keyFor({ owners: ['us'] }));
    expect(new Set([keyFor({ owners: ['us'] }), keyFor({ owners: ['them'] }), keyFor({ owners: ['us'] }, 8)]).size).toBe(3);
  });

  test('is not told without its proof', async () => {
    const ledger = ledgerOf();
    const list = listOf(portResource, {});
    for (let time = 0; time < 3; time++) expect(await answerBy(list, world.owner.db, ledger, TRUE)).not.toBeNull();
    expect(ledger.pages.recall(list)).not.toBeNull();
    expect(await answerBy(list, world.owner.db, ledger, sql`false`)).toBeNull();
  });
});

describe('changes', () => {
  const now = async (): Promise<string> =>
    (await world.owner.db.one<Counted>(sql`select 0 as total, pg_current_snapshot()::text as snapshot`)).snapshot;
  const changed = async (tables: readonly string[], snapshot: string): Promise<boolean> =>
    (await world.owner.db.one<{ changed: boolean }>(sql`select ${changedSince(tables, snapshot)} as changed`)).changed;

  test('are told by table, and only when something changed', async () => {
    const snapshot = await now();
    await world.owner.db.run(sql`update ports set name = name where false`);
    expect(await changed(['ports'], snapshot)).toBe(false);
    await world.owner.db.run(sql`update ports set name = name`);
    expect([await changed(['ports'], snapshot), await changed(['boats'], snapshot), await changed(['boats', 'ports'], snapshot)]).toEqual([
      true,
      false,
      true,
    ]);
    const later = await now();
    await world.owner.db.run(sql`truncate sailors`);
    expect([await changed(['sailors'], later), await changed(['ports'], later)]).toEqual([true, false]);
  });

  test('that were under way in a snapshot are news once they are committed', async () => {
    let snapshot = '';
    await world.owner.transaction(async (tx) => {
      await tx.run(sql`update boats set name = name`);
      snapshot = await now();
      expect(await changed(['boats'], snapshot)).toBe(false);
    });
    expect(await changed(['boats'], snapshot)).toBe(true);
  });

  test('that were pruned are news to every snapshot that did not have them, and to none that is younger', async () => {
    const old = await now();
    await world.owner.db.run(sql`update ports set name = name`);
    const young = await now();
    await world.owner.db.run(sql`update boats set name = name`);
    const xmin = /^\d+/.exec(await now())?.[0] ?? '';
    await world.owner.db.run(prune(must(/^\d+/.exec(young)?.[0], 'a snapshot begins with its xmin')));
    expect([await changed(['ports'], old), await changed(['sailors'], old)]).toEqual([true, true]);
    expect([await changed(['ports'], young), await changed(['boats'], young)]).toEqual([false, true]);
    await world.owner.db.run(prune(xmin));
    expect(await changed(['ports'], await now())).toBe(false);
    expect(await changed(['boats'], young)).toBe(true);
    const { left } = await world.owner.db.one<{ left: number }>(sql`select count(*) as left from row_changes where relation <> '(pruned)'`);
    expect(left).toBe(0);
  });

  test('of another database, brought along by a dump, are forgotten; what is pruned later is still told', async () => {
    const young = await now();
    await world.owner.db.run(sql`insert into row_changes (relation, transaction_id) values ('ports', '900000000000')`);
    await world.owner.db.run(sql`update row_changes set transaction_id = '900000000000' where relation = '(pruned)'`);
    expect([await changed(['ports'], await now()), await changed(['boats'], await now())]).toEqual([true, true]);
    await world.owner.db.run(forgetForeign);
    expect([await changed(['ports'], await now()), await changed(['boats'], young)]).toEqual([false, false]);
    await world.owner.db.run(sql`update boats set name = name`);
    await world.owner.db.run(prune(must(/^\d+/.exec(await now())?.[0], 'a snapshot begins with its xmin')));
    expect(await changed(['ports'], young)).toBe(true);
  });
});
