/** A little world of ports, boats and sailors, for the tests of this room: nulls, ties, unicode, JSON, relations both ways, scopes. */
import sql, { raw, type Sql } from 'sql-template-tag';
import type { Json } from '../lib/json.ts';
import type { Alias, Resource } from './resource.ts';

/** Who asks: sees the rows of these owners, and boats that are open to all. */
export interface Visitor {
  readonly owners: readonly string[];
}

const owned = ({ owners }: Visitor, t: Alias): Sql => sql`${t}.owner = any(${owners}::text[])`;
const open = (t: Alias): Sql => sql`${t}.open`;
const rowJson = (t: Alias): Sql => sql`json_build_object('id', ${t}.id)::text`;

export const RIGS = ['sloop', 'ketch', 'yawl'] as const;

export const portResource: Resource<Visitor> = {
  name: 'Port',
  table: 'ports',
  prefixes: ['port'],
  json: rowJson,
  fields: {
    id: { type: 'id', column: 'id', prefixes: ['port'] },
    name: { type: 'string', column: 'name', nullable: true },
    depth: { type: 'number', column: 'depth' },
  },
  relations: { boats: { to: () => boatResource, kind: 'many', join: (from, to) => sql`${to}.port_id = ${from}.id` } },
  scope: owned,
  shorthands: {},
  defaultOrder: [{ field: 'depth', direction: 'asc' }],
};

export const boatResource: Resource<Visitor> = {
  name: 'Boat',
  table: 'boats',
  prefixes: ['boat'],
  json: rowJson,
  fields: {
    id: { type: 'id', column: 'id', prefixes: ['boat'] },
    name: { type: 'string', column: 'name', nullable: true },
    label: { type: 'string', column: 'name', expression: (t) => sql`(${t}.name || '!')`, nullable: true },
    rank: { type: 'number', column: 'rank', nullable: true },
    weight: { type: 'number', column: 'weight', nullable: true },
    sailing: { type: 'boolean', column: 'sailing', nullable: true },
    rig: { type: 'enum', column: 'rig', values: RIGS, nullable: true },
    built: { type: 'timestamp', column: 'built', nullable: true },
    log: { type: 'json', column: 'log', nullable: true },
    port: { type: 'id', column: 'port_id', prefixes: ['port'], nullable: true },
    note: { type: 'string', column: 'note', filterable: false, sortable: false },
    createdAt: { type: 'timestamp', column: 'created_at' },
    deletedAt: { type: 'timestamp', column: 'deleted_at', nullable: true },
  },
  relations: {
    port: { to: () => portResource, kind: 'one', nullable: true, join: (from, to) => sql`${to}.id = ${from}.port_id` },
    crew: { to: () => sailorResource, kind: 'many', join: (from, to) => sql`${to}.boat_id = ${from}.id` },
  },
  scope: (visitor, t) => sql`(${owned(visitor, t)} or ${open(t)})`,
  scopeParts: (visitor, t) => [{ where: owned(visitor, t) }, { where: open(t) }],
  deletedScope: owned,
  shorthands: {
    name: { field: 'name', op: 'icontains', description: 'Name contains this text, in any case.' },
    rank: { field: 'rank', description: 'Boats of this rank.' },
    sailing: { field: 'sailing', description: 'Boats at sea, or not.' },
    rig: { field: 'rig', description: 'Boats with this rig.' },
  },
};

export const sailorResource: Resource<Visitor> = {
  name: 'Sailor',
  table: 'sailors',
  prefixes: ['sailor'],
  json: rowJson,
  fields: {
    id: { type: 'id', column: 'id', prefixes: ['sailor'] },
    name: { type: 'string', column: 'name' },
    age: { type: 'number', column: 'age', nullable: true },
  },
  relations: { boat: { to: () => boatResource, kind: 'one', nullable: true, join: (from, to) => sql`${to}.id = ${from}.boat_id` } },
  scope: owned,
  deletedScope: owned,
  shorthands: {},
  defaultOrder: [{ field: 'name', direction: 'asc' }],
};

/** `secret` and `pin` are described nowhere, `note` only as shown. Built to the microsecond, which no JavaScript date keeps. */
export const TABLES = sql`
  create table ports (id text collate "C" primary key, owner text not null, name text collate "C", depth int not null);
  create table boats (id text collate "C" primary key, owner text not null, open boolean not null, name text collate "C", rank int,
    weight numeric, sailing boolean, rig text collate "C", built timestamptz, log json, port_id text collate "C", note text not null default 'note',
    secret text not null default 'secret', created_at timestamptz not null default now(), deleted_at timestamptz);
  create table sailors (id text collate "C" primary key, owner text not null, boat_id text collate "C", name text not null collate "C", age int,
    pin text not null default '1234', deleted_at timestamptz)`;

export interface Port {
  readonly id: string;
  readonly owner: string;
  readonly name: string | null;
  readonly depth: number;
}

export interface Boat {
  readonly id: string;
  readonly owner: string;
  readonly open: boolean;
  readonly name: string | null;
  readonly rank: number | null;
  readonly weight: number | null;
  readonly sailing: boolean | null;
  readonly rig: string | null;
  readonly built: string | null;
  /** JSON text, since JSON null and no value at all are not the same. */
  readonly log: string | null;
  readonly port_id: string | null;
  readonly deleted_at: string | null;
}

export interface Sailor {
  readonly id: string;
  readonly owner: string;
  readonly boat_id: string | null;
  readonly name: string;
  readonly age: number | null;
  readonly deleted_at: string | null;
}

export interface Fleet {
  readonly ports: readonly Port[];
  readonly boats: readonly Boat[];
  readonly sailors: readonly Sailor[];
}

/** Values that rows and filters share, so that comparisons meet: empty, equal but for case, wildcards, quotes, other scripts. */
export const POOL = {
  names: [
    '',
    'a',
    'A',
    'ab',
    'Ab',
    'b',
    'é',
    'É',
    '日本',
    '🚢',
    'a%b',
    'a_b',
    'a\\b',
    '%',
    '_',
    '\\',
    "o'b",
    'null',
    '"',
    '$1',
    ';--',
    '{}',
    'ab!',
  ],
  ranks: [-1, 0, 1, 2, 3],
  weights: [-0.5, 0, 1, 1.5, 1e21, 123456.789],
  times: [
    '2024-02-29T12:00:00Z',
    '2024-02-29T12:00:00.000001Z',
    '2024-02-29T14:00:00+02:00',
    '1999-12-31T23:59:59.999999-05:00',
    '0001-01-01T00:00:00Z',
  ],
  logs: [
    '{"a":1,"b":{"c":"x","d":[1,2,{"e":null}]}}',
    '{"a":"1","t":true}',
    '[]',
    '[1,"k",[2]]',
    '"k"',
    '5',
    'null',
    '{"a":null}',
    '{"":{"":7}}',
    '{"a":1.50,"t":false}',
    '{}',
  ],
  places: ['', '/a', '/b', '/b/c', '/b/d', '/b/d/0', '/b/d/2/e', '/t', '//', '/k', '/0', '/x~1y'],
  insides: [1, 1.5, 7, 'x', 'k', 'ab', '1', true, false] as Json[],
  parts: [{}, [], { a: 1 }, { b: {} }, { b: { d: [1] } }, { b: { d: [{}] } }, [1], ['k', 1], [[2]], { a: null }, { a: 1.5 }] as Json[],
} as const;

const idOf = (prefix: string, number: number): string => `${prefix}_${String(number).padStart(26, '0')}`;

/** A fleet by chance: `pick` gives one of its arguments. A third of what can be null is. */
export function sampleFleet(size: { ports: number; boats: number; sailors: number }, pick: <T>(values: readonly T[]) => T): Fleet {
  const maybe = <T>(values: readonly T[]): T | null => (pick([true, true, false]) ? pick(values) : null);
  const rows = <T>(count: number, row: (number: number) => T): T[] => Array.from({ length: count }, (_, number) => row(number));
  const owner = () => pick(['us', 'us', 'them']);
  const gone = () => pick([null, null, null, '2025-01-01T00:00:00Z']);
  const ports = rows(size.ports, (n): Port => ({ id: idOf('port', n), owner: owner(), name: maybe(POOL.names), depth: pick([1, 2, 3]) }));
  const boats = rows(
    size.boats,
    (n): Boat => ({
      id: idOf('boat', n),
      owner: owner(),
      open: pick([true, false, false]),
      name: maybe(POOL.names),
      rank: maybe(POOL.ranks),
      weight: maybe(POOL.weights),
      sailing: maybe([true, false]),
      rig: maybe(RIGS),
      built: maybe(POOL.times),
      log: maybe(POOL.logs),
      port_id: maybe(ports.map(({ id }) => id)),
      deleted_at: gone(),
    }),
  );
  const sailors = rows(
    size.sailors,
    (n): Sailor => ({
      id: idOf('sailor', n),
      owner: owner(),
      boat_id: maybe(boats.map(({ id }) => id)),
      name: pick(POOL.names),
      age: maybe([17, 18, 40]),
      deleted_at: gone(),
    }),
  );
  return { ports, boats, sailors };
}

const COLUMNS = {
  ports: 'id, owner, name, depth',
  boats: 'id, owner, open, name, rank, weight, sailing, rig, built, log, port_id, deleted_at',
  sailors: 'id, owner, boat_id, name, age, deleted_at',
};

/** Puts rows into their table. */
export function insertRows(table: keyof Fleet, rows: readonly object[]): Sql {
  const values = rows.map((row) => ('log' in row && typeof row.log === 'string' ? { ...row, log: [JSON.parse(row.log)] } : row));
  const columns = raw(COLUMNS[table]);
  // A JSON null would become no value at all, but for the array around it.
  const given = raw(COLUMNS[table].replace('log', 'log -> 0'));
  return sql`insert into ${raw(table)} (${columns})
    select ${given} from json_populate_recordset(null::${raw(table)}, ${JSON.stringify(values)}::json)`;
}
