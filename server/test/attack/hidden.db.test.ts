/**
 * The id of what one may not see is told from no random one: what was in sight once or will be, in every place for an id; what never was, in
 * every condition on an id that a list can be asked, on all its pages, and where ids stand in documents.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../src/lib/ids.ts';
import type { Json, JsonObject } from '../../src/lib/json.ts';
import { must } from '../../src/lib/must.ts';
import { type Caller, TestIntegration } from '../api.ts';
import { type ApiOperation, OPERATIONS } from '../contract/document.ts';
import { ask, bodyFor, type Stage, setStage } from '../contract/stage.ts';
import { LONG } from './extent.ts';
import { type Hidden, hiddenVersions } from './hidden.ts';
import { idPrefixOf, LISTS, questionsOf } from './questions.ts';
import { seen } from './seen.ts';
import { type Slot, slotsOf, withValue } from './slots.ts';

let stage: Stage;
let hidden: Readonly<Record<string, Hidden>>;
let browser: Caller;
beforeAll(async () => {
  stage = await setStage();
  hidden = await hiddenVersions(stage);
  browser = await stage.api.key(stage.guest.id, 'browser', 'publishable');
});
afterAll(() => stage.api.stop());

const guests = (): Readonly<Record<string, Caller>> => {
  const { guest, nobody } = stage;
  return { nobody, publishable: browser, viewer: guest.viewer, editor: guest.editor, admin: guest.admin };
};

const PATH: Slot = { in: 'path', path: ['id'], prefix: 'intver' };
const SLOTS = OPERATIONS.flatMap((operation) =>
  [...slotsOf(operation), ...(operation.names === 'intver' ? [PATH] : [])]
    .filter(({ prefix }) => prefix === 'intver')
    .map((slot) => ({ name: `${operation.operationId} ${slot.in} ${slot.path.join('/')}`, operation, slot })),
);

/** The operation on what guest has of the integration, with the id in its place. */
function fill(operation: ApiOperation, { in: where, path }: Slot, id: string, { at }: Hidden, caller: Caller) {
  const { guest, home } = stage;
  const own = operation.names === null ? undefined : at[operation.names];
  const body = bodyFor(operation, guest);
  const twist = { ...(own !== undefined && { id: own }), ...(body !== undefined && { body }) };
  if (where === 'path') return ask(operation, home, caller, { ...twist, id });
  if (where === 'query') return ask(operation, home, caller, { ...twist, query: `?${path[0]}=${id}` });
  return ask(operation, home, caller, { ...twist, body: withValue(body, path, id) as JsonObject });
}

describe('a version that was in sight once, or will be', () => {
  test('there are places for its id', () => {
    expect(SLOTS.length).toBeGreaterThan(10);
  });

  test.each(SLOTS)('$name', async ({ operation, slot }) => {
    for (const [why, version] of Object.entries(hidden))
      for (const [role, caller] of Object.entries(guests())) {
        const random = newId(slot.prefix);
        const nothing = seen(await fill(operation, slot, random, version, caller), random);
        expect(seen(await fill(operation, slot, version.id, version, caller), version.id), `${role}, ${why}`).toEqual(nothing);
      }
  });
});

/** Stands for the id in a question. */
const MARK = '<id>';

/** Every condition on an id, through so many relations. */
const CONDITIONS = LISTS.flatMap((list) =>
  questionsOf(list, LONG ? 2 : 1, (resource, field) =>
    idPrefixOf(resource, field) === null ? [] : [`${MARK}${idPrefixOf(resource, field)}`],
  )
    // Ids tell when they were made: what comes after one is not the same for two.
    .filter((question) => JSON.stringify(question).includes(MARK) && !JSON.stringify(question).includes('"gte"'))
    .map((question) => ({ list, text: JSON.stringify(question) })),
);

describe('a row that was never in sight', () => {
  test('is found by no condition on an id', { timeout: 3_600_000 }, async () => {
    const { closed, home } = stage;
    const told: string[] = [];
    for (const { list, text } of CONDITIONS) {
      const [prefix = ''] = /(?<=<id>)[a-z]+/.exec(text) ?? [];
      const foreign = closed.rows[prefix];
      if (foreign === undefined) continue;
      const path = list.names === null ? list.path : list.path.replace('{id}', must(home.rows[list.names], 'home has one'));
      const answer = async (id: string) =>
        seen(await home.admin.call('POST', `${path}/search`, JSON.parse(text.replaceAll(`${MARK}${prefix}`, id))), id);
      const [one, other] = [await answer(foreign), await answer(newId(prefix))];
      if (JSON.stringify(one) !== JSON.stringify(other)) told.push(`${path} ${text}: ${one.text} / ${other.text}`);
    }
    expect(CONDITIONS.length).toBeGreaterThan(LONG ? 500 : 100);
    expect(told).toEqual([]);
  });

  test('is a member of no draft, and leads nowhere in a definition', async () => {
    const { closed, home } = stage;
    const draft = await TestIntegration.create(home, 'leading');
    const checked = async (id: string): Promise<Json> => {
      await draft.draft({ a: { definition: { leads: id } } });
      const { manifest } = await home.viewer.get(`/api/integrations/${draft.id}`);
      const members = [...manifest.members, { slug: 'b', entityId: id, kind: 'agent' }];
      await home.editor.patch(`/api/integrations/${draft.id}`, { manifest: { members } }, 200);
      const check = await home.editor.call('POST', `/api/integrations/${draft.id}/check`, {});
      const preview = await home.viewer.call('GET', `/api/integrations/${draft.id}/members`);
      // The digest is of what was sent, the id in it.
      return [check, preview].map((answer) => seen(answer, id).text.replace(/"digest":"[0-9a-f]{64}"/, ''));
    };
    const foreign = must(closed.rows.agt, 'closed has an agent');
    expect(await checked(foreign)).toEqual(await checked(newId('agt')));
  });
});
