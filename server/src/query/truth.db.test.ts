import fc from 'fast-check';
import sql, { join, raw } from 'sql-template-tag';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../test/database.ts';
import type { Db } from '../db/pool.ts';
import { FaultLog } from '../lib/fault-log.ts';
import type { Json } from '../lib/json.ts';
import { must } from '../lib/must.ts';
import { parseFilter } from './filter.ts';
import type { Resource } from './resource.ts';
import { filters } from './sample-filters.ts';
import { boatResource, type Fleet, insertRows, portResource, sailorResource, sampleFleet, TABLES, type Visitor } from './sample-fleet.ts';
import { type Row, type Truth, truth } from './sample-truth.ts';
import { Aliases, where } from './where.ts';

/** How many filters, and which: a failure prints its filter, and the same seed gives it again. */
const COUNT = Number(process.env.MORTISE_TEST_FILTERS ?? 10_000);
const SEED = Number(process.env.MORTISE_TEST_SEED ?? 20_260_101);
const BATCH = 50;
const US: Visitor = { owners: ['us'] };

const chances = fc.sample(fc.nat(1_000_000), { numRuns: 2_000, seed: SEED });
const pick = <T>(values: readonly T[]): T => values[must(chances.pop(), 'there are chances enough') % values.length] as T;
const fleet: Fleet = sampleFleet({ ports: 6, boats: 40, sailors: 50 }, pick);

let world: TestDatabase;
let db: Db;
beforeAll(async () => {
  world = await testDatabase();
  db = world.owner.db;
  await db.run(TABLES);
  for (const table of ['ports', 'boats', 'sailors'] as const) await db.run(insertRows(table, fleet[table]));
});
afterAll(() => world.drop());

function parsed(resource: Resource<Visitor>, filter: Json) {
  const log = new FaultLog('body', 'filter');
  const ast = parseFilter(resource, filter, log);
  log.done();
  return ast;
}

/** What PostgreSQL makes of filters: for each row by id, true, false or null for each filter. */
async function answers(resource: Resource<Visitor>, batch: readonly Json[]): Promise<Map<string, Truth[]>> {
  const aliases = new Aliases();
  const conditions = join(batch.map((filter) => where(parsed(resource, filter), aliases.root, US, aliases)));
  const rows = await db.many<{ id: string; truths: Truth[] }>(
    sql`select t.id, array[${conditions}]::boolean[] as truths from ${raw(resource.table)} t`,
  );
  return new Map(rows.map(({ id, truths }) => [id, truths]));
}

async function hold(resource: Resource<Visitor>, rows: readonly Row[], all: readonly Json[]): Promise<void> {
  for (let start = 0; start < all.length; start += BATCH) {
    const batch = all.slice(start, start + BATCH);
    const found = await answers(resource, batch);
    for (const row of rows)
      for (const [index, filter] of batch.entries()) {
        const expected = truth(fleet, US, row, filter);
        const actual = found.get(row.id)?.[index];
        if (actual !== expected) expect.fail(`${JSON.stringify(filter)} on ${JSON.stringify(row)}: ${actual}, should be ${expected}`);
      }
  }
}

describe('FLT-04 what a filter means', () => {
  test(`${COUNT} random filters give true, false and null as an evaluator of three-valued logic does`, async () => {
    for (const [resource, rows, share] of [
      [boatResource, fleet.boats, 0.6],
      [portResource, fleet.ports, 0.2],
      [sailorResource, fleet.sailors, 0.2],
    ] as const)
      await hold(resource, rows, fc.sample(filters(resource), { numRuns: Math.round(COUNT * share), seed: SEED }));
  }, 120_000);
});

describe('FLT-02 relations lead to what may be listed, and to nothing else', () => {
  const ids = async (resource: Resource<Visitor>, filter: Json, visitor = US): Promise<string[]> => {
    const t = new Aliases();
    const condition = where(parsed(resource, filter), t.root, visitor, t);
    const rows = await db.many<{ id: string }>(sql`select t.id from ${raw(resource.table)} t where ${condition} order by t.id`);
    return rows.map(({ id }) => id);
  };
  const theirs = new Set(fleet.ports.filter(({ owner }) => owner !== 'us').map(({ id }) => id));
  const inTheirPort = fleet.boats.filter(({ port_id }) => port_id !== null && theirs.has(port_id)).map(({ id }) => id);

  test('the port of another owner is as no port: neither its name nor that it is there can be probed', async () => {
    expect(inTheirPort.length).toBeGreaterThan(2);
    for (const filter of [{ port: { depth: { gte: 0 } } }, { port: { OR: [{ name: null }, { name: { ne: null } }] } }])
      for (const id of inTheirPort) expect(await ids(boatResource, { ...filter, id })).toEqual([]);
    for (const id of inTheirPort) expect(await ids(boatResource, { id, AND: [{ port: { NOT: { depth: { gte: 0 } } } }] })).toEqual([]);
    expect(await ids(boatResource, { id: { in: inTheirPort }, port: { depth: 1 } }, { owners: ['them'] })).not.toEqual([]);
  });

  test('a loop back to where it began counts only what is visible', async () => {
    const loop = (condition: Json): Json => ({ port: { boats: condition } });
    const withNeighbour = await ids(boatResource, loop({ some: {} }));
    expect(withNeighbour.filter((id) => inTheirPort.includes(id))).toEqual([]);
    expect(await ids(boatResource, loop({ some: { AND: [{ OR: [] }] } }))).toEqual([]);
    const hidden = fleet.boats.filter((boat) => boat.owner === 'them' && !boat.open).map(({ id }) => id);
    expect(hidden.length).toBeGreaterThan(2);
    expect(await ids(portResource, { boats: { some: { id: { in: hidden } } } })).toEqual([]);
    expect(await ids(sailorResource, { boat: { id: { in: hidden } } })).toEqual([]);
  });

  test('what is deleted is not there: some, every, none and isNull agree', async () => {
    const deleted = fleet.sailors.filter(({ deleted_at }) => deleted_at !== null).map(({ id }) => id);
    expect(deleted.length).toBeGreaterThan(2);
    expect(await ids(boatResource, { crew: { some: { id: { in: deleted } } } })).toEqual([]);
    expect(await ids(boatResource, { crew: { none: { id: { in: deleted } } } })).toHaveLength(fleet.boats.length);
    expect(await ids(boatResource, { crew: { every: { id: { notIn: deleted } } } })).toHaveLength(fleet.boats.length);
    const sunk = fleet.boats.filter(({ deleted_at }) => deleted_at !== null).map(({ id }) => id);
    const aboard = fleet.sailors.filter(({ boat_id }) => boat_id !== null && sunk.includes(boat_id)).map(({ id }) => id);
    expect(await ids(sailorResource, { id: { in: aboard }, boat: { isNull: true } })).toEqual(aboard.sort());
  });
});
