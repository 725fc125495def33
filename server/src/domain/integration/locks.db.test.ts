import sql from 'sql-template-tag';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, type Caller, TestApi, TestIntegration, type TestWorkspace } from '../../../test/api.ts';
import type { WriteCtx } from '../../context.ts';
import { findBreaches, readInvariants, tellBreaches } from '../../db/invariants.ts';
import { lockIntegration } from './lock.ts';

/** Rounds of each race; the long form is `RACE_ROUNDS=200`. */
const ROUNDS = Number(process.env.RACE_ROUNDS ?? 10);
const INVARIANTS = new URL('../../../invariants.sql', import.meta.url).pathname;
const MEMBER = { a: { forkOnInstall: true, required: true } };

let api: TestApi;
let publisher: TestWorkspace;
let buyers: readonly TestWorkspace[];
beforeAll(async () => {
  api = await TestApi.start();
  publisher = await api.workspace('acme');
  buyers = await Promise.all([1, 2, 3, 4].map((number) => api.workspace(`buyer-${number}`)));
});
afterAll(() => api.stop());

let made = 0;
async function published(): Promise<{ integration: TestIntegration; versionId: string }> {
  const integration = await TestIntegration.create(publisher, `locked-${++made}`);
  await publisher.editor.post(`/api/integrations/${integration.id}/visibility`, { visibility: 'unlisted' }, 200);
  const { id } = await integration.publish('1.0.0', MEMBER);
  return { integration, versionId: id };
}

/** Does the work while somebody installs, who has got as far as its last row: it holds the integration and the version by their keys. */
const whileInstalled = <T>(id: string, versionId: string, work: () => Promise<T>): Promise<T> =>
  api.test.database.transaction(async (db) => {
    await lockIntegration({ db } as WriteCtx, id, 'rely');
    await db.run(sql`select 1 from integration_versions where id = ${versionId} for key share`);
    return work();
  });

describe('what changes an integration', () => {
  test('waits for nobody who installs it', async () => {
    const { integration, versionId } = await published();
    const at = `/api/integrations/${integration.id}`;
    const version = `/api/integration-versions/${versionId}`;
    await whileInstalled(integration.id, versionId, async () => {
      await publisher.editor.patch(at, { description: 'new' }, 200);
      await publisher.editor.post(`${at}/publish`, { version: '1.1.0' }, 201);
      await publisher.editor.post(`${version}/deprecate`, { notice: 'old' }, 200);
      await publisher.editor.post(`${version}/yank`, {}, 200);
      await api.platform.post(`${version}/revoke`, { reason: 'malice' }, 200);
      await publisher.editor.post(`${at}/visibility`, { visibility: 'private' }, 200);
      await publisher.admin.post(`${at}/grants`, { workspaceId: buyers[0]?.id }, 201);
      await publisher.editor.delete(at, 200);
    });
  }, 20_000);

  test('waits for who changes it too, and a purge for both', async () => {
    const { integration } = await published();
    const refused = (intent: 'rely' | 'change' | 'remove', other: 'rely' | 'change' | 'remove') =>
      api.test.database.transaction(async (db) => {
        await lockIntegration({ db } as WriteCtx, integration.id, intent);
        return api.test.database.transaction(async (second) => {
          await second.run({ text: "set local lock_timeout = '100ms'", values: [] });
          return lockIntegration({ db: second } as WriteCtx, integration.id, other).then(
            () => false,
            () => true,
          );
        });
      });
    expect([await refused('rely', 'rely'), await refused('rely', 'change'), await refused('change', 'rely')]).toEqual([
      false,
      false,
      false,
    ]);
    expect([await refused('change', 'change'), await refused('rely', 'remove'), await refused('remove', 'rely')]).toEqual([
      true,
      true,
      true,
    ]);
  });
});

const install = (caller: Caller, workspaceId: string, { id }: TestIntegration) =>
  caller.call('POST', `/api/integrations/${id}/install`, { workspaceId });

/** Four installs at once with a change of the integration; then the invariants hold. */
async function race(change: (integration: TestIntegration, versionId: string) => Promise<Answer>, refusals: readonly number[]) {
  for (let round = 0; round < ROUNDS; round++) {
    const { integration, versionId } = await published();
    const [changed, ...installed] = await Promise.all([
      change(integration, versionId),
      ...buyers.map((buyer) => install(buyer.editor, buyer.id, integration)),
    ]);
    expect(changed?.status).toBeLessThan(300);
    for (const { status } of installed) expect([201, ...refusals]).toContain(status);
    const late = await install(api.platform, publisher.id, integration);
    expect([201, 409]).toContain(late.status);
  }
  expect(tellBreaches(await findBreaches(api.test.owner.db, await readInvariants(INVARIANTS)))).toBe('');
}

describe('installs against what changes their integration: each whole, or refused', () => {
  const post = (caller: Caller, path: string, body: object) => caller.call('POST', path, body);
  test('yank', () => race((_, version) => post(publisher.editor, `/api/integration-versions/${version}/yank`, {}), [409]), 60_000);
  test(
    'revoke',
    () => race((_, version) => post(api.platform, `/api/integration-versions/${version}/revoke`, { reason: 'x' }), [409]),
    60_000,
  );
  test('publish', () => race(({ id }) => post(publisher.editor, `/api/integrations/${id}/publish`, { version: '1.1.0' }), []), 60_000);
  test(
    'private',
    () => race(({ id }) => post(publisher.editor, `/api/integrations/${id}/visibility`, { visibility: 'private' }), [403, 404]),
    60_000,
  );
  test('deletion', () => race(({ id }) => publisher.editor.call('DELETE', `/api/integrations/${id}`), [404, 409]), 60_000);

  test('publish against publish: the number is given once', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { integration } = await published();
      const answers = await Promise.all(
        [1, 2, 3].map(() => post(publisher.editor, `/api/integrations/${integration.id}/publish`, { version: '2.0.0' })),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    }
  }, 60_000);

  test('purge: the integration is gone, or installed', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { integration } = await published();
      const [, ...installed] = await Promise.all([
        publisher.editor.call('DELETE', `/api/integrations/${integration.id}`),
        ...buyers.map((buyer) => install(buyer.editor, buyer.id, integration)),
        publisher.admin.call('DELETE', `/api/integrations/${integration.id}/purge`),
      ]);
      const purged = installed.pop();
      if (purged?.status === 200) expect(installed.map(({ status }) => status)).not.toContain(201);
      else expect(purged?.body.code).toMatch(/not_deleted|integration_has_installs/);
    }
    expect(tellBreaches(await findBreaches(api.test.owner.db, await readInvariants(INVARIANTS)))).toBe('');
  }, 60_000);
});
