/** No path of any list leads a key to people whom it does not share a workspace with. */
import sql, { raw } from 'sql-template-tag';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { authenticate } from '../src/access/authenticate.ts';
import type { Actor } from '../src/context.ts';
import { allRoutes } from '../src/domain/routes.ts';
import { userResource } from '../src/domain/workspace/resource.ts';
import { FaultLog } from '../src/lib/fault-log.ts';
import type { Json } from '../src/lib/json.ts';
import { must } from '../src/lib/must.ts';
import { parseFilter } from '../src/query/filter.ts';
import { termsOf } from '../src/query/keyset.ts';
import { parseOrder } from '../src/query/order.ts';
import type { Relation, Resource } from '../src/query/resource.ts';
import { Aliases, where } from '../src/query/where.ts';
import { TestApi } from './api.ts';
import { furnish } from './contract/home.ts';

/** Steps from a list to a user that are tried; the filter language allows one more. */
const DEEPEST = 3;

interface Path {
  readonly list: Resource<Actor>;
  readonly steps: readonly (readonly [name: string, relation: Relation<Actor>])[];
}

const lists = allRoutes.flatMap((route) => ('list' in route ? [route.list] : []));

/** Every way along relations from a list to users. */
function pathsFrom(list: Resource<Actor>, from = list, steps: Path['steps'] = []): Path[] {
  const here = from === userResource && steps.length > 0 ? [{ list, steps }] : [];
  if (steps.length === DEEPEST) return here;
  return [
    ...here,
    ...Object.entries(from.relations).flatMap(([name, relation]) => pathsFrom(list, relation.to(), [...steps, [name, relation]])),
  ];
}
const PATHS = lists.flatMap((list) => pathsFrom(list));

const filterOf = ({ steps }: Path, condition: Json): Json =>
  steps.reduceRight<Json>((inner, [name, { kind }]) => ({ [name]: kind === 'one' ? inner : { some: inner } }), condition);

let api: TestApi;
let actors: Readonly<Record<'publishable' | 'foreign' | 'viewer' | 'admin', Actor>>;
beforeAll(async () => {
  api = await TestApi.start();
  const [home, guest] = [await api.workspace('home'), await api.workspace('guest')];
  await furnish(api, home, guest);
  const { id: bea } = await api.platform.post('/api/users', { email: 'bea@home.example', name: 'Bea' }, 201);
  const { db } = api.test.owner;
  await db.run(sql`alter table integration_versions disable trigger immutable`);
  for (const [table, column] of [
    ['integrations', 'created_by'],
    ['published_integrations', 'created_by'],
    ['integration_versions', 'published_by'],
    ['review_submissions', 'requested_by'],
    ['trusted_signers', 'created_by'],
  ] as const)
    await db.run(sql`update ${raw(table)} set ${raw(column)} = ${bea}`);
  const keyOf = async (workspaceId: string, more: object): Promise<Actor> => {
    const { secret } = await api.platform.post('/api/api-keys', { workspaceId, name: 'k', ...more }, 201);
    return must(await authenticate(api.test.database.db, secret, new Date()), 'the key was just minted');
  };
  actors = {
    publishable: await keyOf(home.id, { kind: 'publishable' }),
    foreign: await keyOf(guest.id, { kind: 'secret', role: 'admin' }),
    viewer: await keyOf(home.id, { kind: 'secret', role: 'viewer' }),
    admin: await keyOf(home.id, { kind: 'secret', role: 'admin' }),
  };
});
afterAll(() => api.stop());

/** Which of a list's rows, in sight or not, meet a condition on users at the end of the path. */
async function meeting(path: Path, actor: Actor, condition: Json): Promise<number> {
  const log = new FaultLog('body', 'filter');
  const filter = parseFilter(path.list, filterOf(path, condition), log);
  log.done();
  const aliases = new Aliases();
  const found = where(filter, aliases.root, actor, aliases);
  const { rows } = await api.test.database.db.one<{ rows: number }>(
    sql`select count(*) as rows from ${raw(path.list.table)} t where ${found}`,
  );
  return rows;
}

const shown = ({ list, steps }: Path): string => [list.name, ...steps.map(([name]) => name)].join('.');

describe('users at the end of every path', () => {
  test('there are paths to users from most lists', () => {
    expect(new Set(PATHS.map(({ list }) => list.name)).size).toBeGreaterThan(8);
  });

  test.each(['publishable', 'foreign'] as const)('to a %s key they are not there: no filter finds one by any field', async (who) => {
    const telling: string[] = [];
    for (const path of PATHS)
      for (const field of Object.keys(userResource.fields))
        if ((await meeting(path, actors[who], { [field]: { isNull: false } })) > 0) telling.push(`${shown(path)}.${field}`);
    expect(telling).toEqual([]);
  });

  test('to a viewer their emails are null on every path, to an admin they are not', async () => {
    const seen = async (actor: Actor, condition: Json) => {
      const found = await Promise.all(PATHS.map((path) => meeting(path, actor, condition)));
      return PATHS.filter((_, index) => (found[index] ?? 0) > 0).map(shown);
    };
    const named = await seen(actors.viewer, { name: { isNull: false } });
    expect(named.length).toBeGreaterThan(3);
    expect(await seen(actors.viewer, { email: { isNull: false } })).toEqual([]);
    expect((await seen(actors.admin, { email: { isNull: false } })).sort()).toEqual(named.sort());
  });
});

describe('orders by users', () => {
  const ORDERED = lists.flatMap((list) =>
    Object.entries(list.relations).flatMap(([name, relation]) =>
      relation.kind === 'one' && relation.to() === userResource ? [{ list, name }] : [],
    ),
  );

  test('there are some', () => expect(ORDERED.length).toBeGreaterThan(3));

  test.each(['publishable', 'foreign'] as const)('to a %s key every row has nobody there, so that no cursor tells', async (who) => {
    for (const { list, name } of ORDERED)
      for (const field of Object.keys(userResource.fields)) {
        const aliases = new Aliases();
        const order = parseOrder(list, [{ [name]: { [field]: 'asc' } }], new FaultLog('body'));
        const [term] = termsOf(order, actors[who], aliases);
        const { told } = await api.test.database.db.one<{ told: number }>(
          sql`select count(${must(term, 'an order has a term').value}) as told from ${raw(list.table)} t`,
        );
        expect(told, `${list.name}.${name}.${field}`).toBe(0);
      }
  });
});
