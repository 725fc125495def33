/** What was revoked before contents were remembered: migrated, it is known by its content as well. */
import sql from 'sql-template-tag';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { TestApi } from '../../../test/api.ts';
import { FORMER, formerDatabase, MANIFEST, serverOn } from '../../../test/former-world.ts';
import { type Listing, listFormerRevocations } from './former-revocations.ts';

let api: TestApi;
let server: Listing;
beforeAll(async () => {
  api = await TestApi.start(undefined, formerDatabase());
  server = serverOn(api.test.database);
});
afterAll(() => api.stop());

const publish = (id: string, version: string) => api.platform.call('POST', `/api/integrations/${id}/publish`, { version });
const currentOf = async (id: string) => (await api.platform.get(`/api/integrations/${id}`)).currentVersion;
const unlisted = () => api.test.owner.db.many(sql`select integration_version_id as id from unlisted_revocations`);

describe('a version that was revoked before contents were remembered', () => {
  test('waits for the server to list its content, and /readyz says so', async () => {
    expect(await unlisted()).toEqual([{ id: FORMER.revoked }]);
    expect((await api.platform.call('GET', '/readyz')).status).toBe(503);
    expect(await currentOf(FORMER.copy)).toBe('3.0.0');
  });

  test('stays on the list when the server stops before its turn', async () => {
    await listFormerRevocations(server, AbortSignal.abort());
    expect(await unlisted()).toEqual([{ id: FORMER.revoked }]);
  });

  test('is listed once by servers that start together; what has the same content is no longer offered, and its publisher is told', async () => {
    const { signal } = new AbortController();
    await Promise.all([1, 2, 3].map(() => listFormerRevocations(server, signal)));
    expect(await unlisted()).toEqual([]);
    expect(await currentOf(FORMER.copy)).toBeNull();
    expect(await currentOf(FORMER.integration)).toBe('1.0.0');
    const { data } = await api.platform.get('/api/events?type=integration.version_content_revoked');
    expect(data).toMatchObject([{ subjectId: FORMER.copied, actorId: null, data: { revokedVersionId: FORMER.revoked } }]);
    await vi.waitFor(async () => expect((await api.platform.call('GET', '/readyz')).status).toBe(200), { timeout: 5_000 });
  });

  test('is not published again: under another number, in an old or a new integration, nor installed as a copy', async () => {
    const { id } = await api.platform.post(
      '/api/integrations',
      { workspaceId: FORMER.workspace, slug: 'fresh', name: 'Fresh', manifest: MANIFEST },
      201,
    );
    for (const [integration, version] of [
      [FORMER.integration, '1.2.0'],
      [FORMER.copy, '4.0.0'],
      [id, '1.0.0'],
    ] as const) {
      const { status, body } = await publish(integration, version);
      expect([status, body.code, body.revokedVersionId]).toEqual([409, 'content_revoked', FORMER.revoked]);
    }
    const body = { workspaceId: FORMER.workspace, integrationVersionId: FORMER.copied };
    expect((await api.platform.call('POST', `/api/integrations/${FORMER.copy}/install`, body)).body.code).toBe('content_revoked');
  });

  test('may be published once a platform admin lets it back', async () => {
    await api.platform.post(`/api/integration-versions/${FORMER.revoked}/unyank`, undefined, 200);
    expect(await currentOf(FORMER.copy)).toBe('3.0.0');
    expect((await publish(FORMER.integration, '1.2.0')).status).toBe(201);
  });
});
