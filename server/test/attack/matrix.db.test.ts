/** Every place where an operation takes an id × whose it is × who asks: nobody learns of a foreign row, and what is refused changes nothing. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../src/lib/ids.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { pointer } from '../../src/lib/json-pointer.ts';
import { must } from '../../src/lib/must.ts';
import type { Answer, Caller } from '../api.ts';
import { type ApiOperation, OPERATIONS } from '../contract/document.ts';
import { ask, bodyFor, deleted, type Stage, setStage } from '../contract/stage.ts';
import { fingerprint } from '../isolation/fingerprint.ts';
import { isBelow, leastRole, type TestedRole } from '../isolation/least-role.ts';
import { seen } from './seen.ts';
import { type Slot, slotsOf, withValue } from './slots.ts';

let stage: Stage;
/** Rows that home may not see: of a workspace that it has nothing to do with, active and deleted. */
let foreign: Readonly<Record<string, readonly string[]>>;
/** A deleted integration of home. */
let gone: string;

beforeAll(async () => {
  stage = await setStage();
  gone = (await deleted(stage, 'gone')).id;
  foreign = await foreignRows(stage);
});
afterAll(() => stage.api.stop());

async function foreignRows({ closed, stranger }: Stage): Promise<Readonly<Record<string, readonly string[]>>> {
  const { admin, editor, id: workspaceId } = stranger;
  const { id: agt } = await editor.post('/api/entities', { workspaceId, kind: 'agent', slug: 'gone', name: 'Gone', definition: {} }, 201);
  const { id: aut } = await admin.post('/api/auth-states', { workspaceId, name: 'Gone', type: 'api_key', secret: { apiKey: 'k' } }, 201);
  const { id: int } = await editor.post('/api/integrations', { workspaceId, slug: 'gone', name: 'Gone' }, 201);
  for (const path of [`entities/${agt}`, `auth-states/${aut}`, `integrations/${int}`]) await admin.delete(`/api/${path}`, 200);
  const { data: revisions } = await closed.viewer.get(`/api/integration-installs/${closed.install}/revisions`);
  const { data: solutionMembers } = await closed.viewer.get('/api/solution-members');
  const active: Record<string, string> = { ...closed.rows, insrev: revisions[0].id, solmem: solutionMembers[0].id };
  const removed: Record<string, string> = { agt, aut, int };
  return Object.fromEntries(Object.entries(active).map(([prefix, id]) => [prefix, [...new Set([id, removed[prefix] ?? id])]]));
}

const SLOTS = OPERATIONS.flatMap((operation) =>
  slotsOf(operation).map((slot) => ({ name: `${operation.operationId} ${slot.in} ${slot.path.join('/')}`, operation, slot })),
);

const insiders = (): Readonly<Partial<Record<TestedRole, Caller>>> => {
  const { home, browser, nobody } = stage;
  return { nobody, publishable: browser, viewer: home.viewer, editor: home.editor, admin: home.admin };
};

function fill(operation: ApiOperation, { in: where, path }: Slot, id: string, caller: Caller): Promise<Answer> {
  const { home } = stage;
  if (where === 'body') return ask(operation, home, caller, { body: withValue(bodyFor(operation, home), path, id) as JsonObject });
  return ask(operation, home, caller, { query: `?${path[0]}=${id}` });
}

describe('an id in a body or a query', () => {
  test('there are some', () => {
    expect(SLOTS.length).toBeGreaterThan(15);
  });

  test.each(SLOTS)('$name: foreign and deleted is like missing', async ({ operation, slot }) => {
    for (const [role, caller] of Object.entries(insiders())) {
      const before = await fingerprint(stage.api.test);
      const missing = newId(slot.prefix);
      const nothing = seen(await fill(operation, slot, missing, caller), missing);
      for (const id of foreign[slot.prefix] ?? []) expect(seen(await fill(operation, slot, id, caller), id), role).toEqual(nothing);
      if (nothing.status >= 400) expect(await fingerprint(stage.api.test), role).toEqual(before);
    }
  });

  test.each(SLOTS)('$name: another type, and no id at all, is refused there', async ({ operation, slot }) => {
    const place = slot.in === 'body' ? pointer(...slot.path) : `query:${slot.path[0]}`;
    for (const [role, caller] of Object.entries(insiders()) as [TestedRole, Caller][])
      for (const wrong of [newId(slot.prefix === 'sol' ? 'int' : 'sol'), 'nonsense', `${slot.prefix}_short`]) {
        const { status, body } = await fill(operation, slot, wrong, caller);
        const refused = isBelow(role, leastRole(operation)) ? [401, 403] : [];
        expect([...refused, slot.in === 'body' ? 422 : 400], `${role} ${wrong} ${JSON.stringify(body)}`).toContain(status);
        if (!refused.includes(status))
          expect(body.errors.map((fault: { pointer: string }) => fault.pointer).join(' '), role).toContain(place);
      }
  });
});

describe('deleted rows of the own workspace', () => {
  const OF_INTEGRATIONS = OPERATIONS.filter(({ names, permission }) => names === 'int' && permission.role !== undefined);

  test.each(OF_INTEGRATIONS)('$operationId refuses a role too low as for an active one', async (operation) => {
    const before = await fingerprint(stage.api.test);
    for (const [role, caller] of Object.entries(insiders()) as [TestedRole, Caller][]) {
      if (!isBelow(role, leastRole(operation))) continue;
      const { status } = await ask(operation, stage.home, caller, { id: gone });
      expect(status, role).toBe(role === 'nobody' ? 401 : 403);
    }
    expect(await fingerprint(stage.api.test)).toEqual(before);
  });
});

test('every resource that ids lead to has a foreign row', () => {
  const prefixes = [...new Set(SLOTS.map(({ slot }) => slot.prefix))];
  expect(prefixes.filter((prefix) => must(foreign, 'set before')[prefix] === undefined)).toEqual([]);
});
