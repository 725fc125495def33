import fc from 'fast-check';
import sql from 'sql-template-tag';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../test/database.ts';
import type { Db } from '../db/pool.ts';
import type { Json } from '../lib/json.ts';
import { must } from '../lib/must.ts';
import { DIRECTIONS } from '../query/order.ts';
import type { Resource } from '../query/resource.ts';
import { type Boat, boatResource, insertRows, sampleFleet, TABLES, type Visitor } from '../query/sample-fleet.ts';
import { compare, fieldValue, isVisible } from '../query/sample-truth.ts';
import { cursorKeyOf } from './cursor.ts';
import { listing } from './list.ts';
import { readPage } from './page.ts';
import { parseListParams } from './params.ts';

const SEED = Number(process.env.MORTISE_TEST_SEED ?? 20_260_101);
const KEY = cursorKeyOf(Buffer.alloc(32, 1));
const US: Visitor = { owners: ['us'] };
const chances = fc.sample(fc.nat(1_000_000), { numRuns: 2_000, seed: SEED });
const pick = <T>(values: readonly T[]): T => values[must(chances.pop(), 'there are chances enough') % values.length] as T;
const fleet = sampleFleet({ ports: 5, boats: 40, sailors: 0 }, pick);

let world: TestDatabase;
let db: Db;
beforeAll(async () => {
  world = await testDatabase();
  db = world.owner.db;
  await db.run(TABLES);
  await db.run(insertRows('ports', fleet.ports));
  await db.run(insertRows('boats', fleet.boats));
});
afterAll(() => world.drop());

interface Page {
  readonly data: readonly { readonly id: string }[];
  readonly pageInfo: {
    readonly total: number;
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

async function list(params: Record<string, Json>, resource: Resource<Visitor> = boatResource): Promise<Page> {
  const { recount, read } = listing(resource, parseListParams(resource, params, 'body'), US, KEY);
  return JSON.parse(must(read(await readPage(db, recount())), 'it was counted').json);
}

type Order = readonly Record<string, Json>[];

/** The same order, made by sorting in JavaScript. */
function sorted(boats: readonly Boat[], orderBy: Order): string[] {
  const keys = orderBy.map((entry) => {
    const [name = '', inner] = Object.entries(entry)[0] ?? [];
    const [through, direction] = typeof inner === 'string' ? [null, inner] : (Object.entries(inner as object)[0] ?? [null, '']);
    const value = (boat: Boat) => (through === null ? fieldValue(boat, name) : portValue(boat, through)) ?? null;
    const descending = direction.startsWith('desc');
    return { value, descending, nullsFirst: direction.includes('_') ? direction.endsWith('first') : descending };
  });
  const byId = { value: (boat: Boat) => boat.id, descending: keys.at(-1)?.descending ?? false, nullsFirst: false };
  const visible = boats.filter((boat) => isVisible(US, boat));
  const order = (a: Boat, b: Boat): number => {
    for (const { value, descending, nullsFirst } of [...keys, byId]) {
      const [x, y] = [value(a), value(b)];
      if (x === y) continue;
      if (x === null || y === null) return (x === null) === nullsFirst ? -1 : 1;
      const result = compare(x, y);
      if (result !== 0) return descending ? -result : result;
    }
    return 0;
  };
  return visible.sort(order).map(({ id }) => id);
}

function portValue(boat: Boat, name: string) {
  const port = fleet.ports.find(({ id }) => id === boat.port_id);
  return port !== undefined && isVisible(US, port) ? fieldValue(port, name) : null;
}

/** Walks all pages forward, then from the end backward; each must be what the whole order has there, and know what lies beside it. */
async function walk(orderBy: Order, limit: number): Promise<void> {
  const order = sorted(fleet.boats, orderBy);
  const told = `${JSON.stringify(orderBy)} by ${limit}`;
  let after: string | null = null;
  for (let start = 0; start < order.length; start += limit) {
    const page = await list({ orderBy: [...orderBy], limit, after });
    expect(
      page.data.map(({ id }) => id),
      told,
    ).toEqual(order.slice(start, start + limit));
    expect(page.pageInfo, told).toMatchObject({
      total: order.length,
      hasNextPage: start + limit < order.length,
      hasPreviousPage: start > 0,
    });
    after = page.pageInfo.endCursor;
  }
  const beyond = await list({ orderBy: [...orderBy], limit, after });
  expect(beyond).toEqual({
    data: [],
    pageInfo: { total: order.length, hasNextPage: false, hasPreviousPage: true, startCursor: null, endCursor: null },
  });
  let before = (await list({ orderBy: [...orderBy] })).pageInfo.endCursor;
  for (let end = order.length - 1; end > 0; end -= limit) {
    const page: Page = await list({ orderBy: [...orderBy], limit, before });
    expect(
      page.data.map(({ id }) => id),
      told,
    ).toEqual(order.slice(Math.max(0, end - limit), end));
    expect(page.pageInfo, told).toMatchObject({ total: order.length, hasNextPage: true, hasPreviousPage: end > limit });
    before = page.pageInfo.startCursor;
  }
  expect((await list({ orderBy: [...orderBy], limit, before })).data).toEqual([]);
}

describe('walking forward, then backward, gives every row exactly once in the same order', () => {
  test.each(DIRECTIONS)('by a key of ties and nulls, %s, by pages of every size', async (direction) => {
    const { length } = sorted(fleet.boats, []);
    expect(length).toBeGreaterThan(15);
    for (let limit = 1; limit <= length + 1; limit++) await walk([{ rank: direction }], limit);
  });

  test('by every field of a boat and of its port, in every direction', async () => {
    for (const direction of DIRECTIONS) {
      for (const name of ['id', 'name', 'label', 'rank', 'weight', 'sailing', 'rig', 'built', 'port'])
        await walk([{ [name]: direction }], 4);
      for (const name of ['id', 'name', 'depth']) await walk([{ port: { [name]: direction } }], 3);
    }
  }, 60_000);

  test('by up to five keys in mixed directions, with ties and nulls in each', async () => {
    const names = fc.shuffledSubarray(['sailing', 'rig', 'rank', 'weight', 'built', 'port', 'depth'], { minLength: 2, maxLength: 5 });
    const property = fc.asyncProperty(
      names,
      fc.infiniteStream(fc.constantFrom(...DIRECTIONS)),
      fc.integer({ min: 1, max: 9 }),
      (chosen, ways, limit) =>
        walk(
          chosen.map((name) => {
            const direction = must(ways.next().value, 'the stream is endless');
            return name === 'depth' ? { port: { depth: direction } } : { [name]: direction };
          }),
          limit,
        ),
    );
    await fc.assert(property, { numRuns: 60, seed: SEED });
  }, 60_000);

  test('without an order: the newest first, and among equals the last id first', async () => {
    const ids = sorted(fleet.boats, []).reverse();
    expect((await list({})).data.map(({ id }) => id)).toEqual(ids);
  });
});

describe('FLT-05 cursors', () => {
  test('of another order, list or direction are refused; those of a page are taken', async () => {
    const orderBy: Order = [{ rank: 'asc' }];
    const { endCursor } = (await list({ orderBy: [...orderBy], limit: 3 })).pageInfo;
    const after = must(endCursor, 'there are rows');
    expect((await list({ orderBy: [...orderBy], after })).data).not.toEqual([]);
    for (const other of [[{ rank: 'desc' }], [{ weight: 'asc' }], [], [{ rank: 'asc' }, { id: 'asc' }]] as Order[])
      await expect(list({ orderBy: [...other], after })).rejects.toMatchObject({ code: 'invalid_cursor', faults: [{ pointer: '/after' }] });
    await expect(list({ orderBy: [...orderBy], before: `${after}A` })).rejects.toMatchObject({
      code: 'invalid_cursor',
      faults: [{ pointer: '/before' }],
    });
  });

  test('a cursor outlives its row, and keeps the microsecond', async () => {
    const orderBy = [{ built: 'asc' }];
    const page = await list({ orderBy, limit: 2 });
    const rest = (await list({ orderBy, after: page.pageInfo.endCursor })).data;
    const gone = must(page.data[1], 'two rows').id;
    await world.owner
      .transaction(async (tx) => {
        await tx.run(sql`delete from boats where id = ${gone}`);
        const { recount, read } = listing(
          boatResource,
          parseListParams(boatResource, { orderBy, after: page.pageInfo.endCursor }, 'body'),
          US,
          KEY,
        );
        expect(JSON.parse(must(read(await readPage(tx, recount())), 'it was counted').json).data).toEqual(rest);
        throw new Error('undo');
      })
      .catch((error: Error) => expect(error.message).toBe('undo'));
  });
});

describe('FLT-09 while others insert and delete', () => {
  /** Rows that come and go: theirs is the note. */
  async function stir(): Promise<void> {
    await db.run(sql`delete from boats where note = 'stirred' and random() < 0.5`);
    await db.run(sql`insert into boats (id, owner, open, rank, weight, sailing, rig, note)
      select 'boat_' || lpad((1000 + random() * 1e9)::bigint::text, 26, '0'), 'us', random() < 0.3, nullif((random() * 4)::int, 4),
        nullif((random() * 3)::int, 3), case (random() * 2)::int when 0 then true when 1 then false end, null, 'stirred'
      from generate_series(1, 10)`);
  }

  /** All ids of a walk by pages of three, while rows come and go. */
  async function walkStirred(orderBy: Order, way: 'after' | 'before', start: string | null): Promise<string[]> {
    const seen: string[] = [];
    let walking = true;
    const others = (async () => {
      while (walking) await stir();
    })();
    for (let cursor = start, first = true; first || cursor !== null; first = false) {
      const { data, pageInfo } = await list({ orderBy: [...orderBy], limit: 3, [way]: cursor });
      const ids = data.map(({ id }) => id);
      seen.push(...(way === 'after' ? ids : ids.reverse()));
      cursor = way === 'after' ? pageInfo.endCursor : pageInfo.startCursor;
    }
    walking = false;
    await others;
    return seen;
  }

  test.each(DIRECTIONS)('no row comes twice and no stable one is lost, %s', async (direction) => {
    const orderBy = [{ rank: direction }, { sailing: 'desc' }, { weight: 'asc_nulls_first' }];
    const stable = sorted(fleet.boats, orderBy);
    const stableOf = (ids: readonly string[]) => ids.filter((id) => stable.includes(id));
    for (let round = 0; round < 3; round++) {
      await stir();
      const forward = await walkStirred(orderBy, 'after', null);
      expect(new Set(forward).size).toBe(forward.length);
      expect(stableOf(forward)).toEqual(stable);
      const whole = await list({ orderBy });
      const backward = await walkStirred(orderBy, 'before', whole.pageInfo.endCursor);
      expect(new Set(backward).size).toBe(backward.length);
      expect(stableOf(backward)).toEqual(stable.filter((id) => id !== whole.data.at(-1)?.id).reverse());
    }
    await db.run(sql`delete from boats where note = 'stirred'`);
  });
});
