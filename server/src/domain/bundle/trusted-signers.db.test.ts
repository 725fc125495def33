import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestApi, type TestWorkspace } from '../../../test/api.ts';
import { newKeyPair } from '../../lib/ed25519.ts';
import { newId, PREFIX } from '../../lib/ids.ts';
import { open, unwrapKey } from '../../lib/seal.ts';
import { boundTo } from '../auth-state/vault.ts';
import { ensureSigningKey } from './signing-key.ts';

const MASTER_KEY = Buffer.alloc(32, 7);

let api: TestApi;
let team: TestWorkspace;
beforeAll(async () => {
  api = await TestApi.start();
  team = await api.workspace('team');
});
afterAll(() => api.stop());

const create = (name = 'Acme', { publicKey } = newKeyPair()) => api.platform.post('/api/trusted-signers', { name, publicKey }, 201);

describe('trusted signers', () => {
  test('are made, shown, listed and deleted by platform admins, each time with an event', async () => {
    const { status, headers, body } = await api.platform.call('POST', '/api/trusted-signers', {
      name: 'Acme',
      ...publicKeyOf(newKeyPair()),
    });
    expect(status).toBe(201);
    expect(headers.location).toBe(`/api/trusted-signers/${body.id}`);
    expect(await api.platform.get(`/api/trusted-signers/${body.id}`)).toEqual(body);
    expect((await api.platform.get('/api/trusted-signers?name=acm')).data).toContainEqual(body);
    expect((await api.platform.get(`/api/trusted-signers?fingerprint=${body.fingerprint}`)).data).toEqual([body]);
    await api.platform.delete(`/api/trusted-signers/${body.id}`, 200);
    await api.platform.get(`/api/trusted-signers/${body.id}`, 404);
    await api.platform.delete(`/api/trusted-signers/${body.id}`, 404);
    const { data } = await api.platform.get(`/api/events?subject_id=${body.id}`);
    const happened = data.map(({ type, data: { fingerprint } }: { type: string; data: { fingerprint: string } }) => [type, fingerprint]);
    expect(happened).toEqual(['trusted_signer.deleted', 'trusted_signer.created'].map((type) => [type, body.fingerprint]));
  });

  test('have one name for a key: a second one is 409 and names the first', async () => {
    const keys = newKeyPair();
    const { id } = await create('First', keys);
    const problem = await api.platform.post('/api/trusted-signers', { name: 'Second', publicKey: keys.publicKey }, 409);
    expect(problem).toMatchObject({ code: 'already_trusted', trustedSignerId: id });
  });

  test('have an Ed25519 key, in the form that the other server shows', async () => {
    for (const publicKey of ['none', newKeyPair().privateKey, `${newKeyPair().publicKey}\n`])
      expect((await api.platform.post('/api/trusted-signers', { name: 'x', publicKey }, 422)).errors[0].pointer).toBe('/publicKey');
  });

  test('do not exist for others: 403 to list and make, 404 by id, 401 without a key, 400 for an id of another type', async () => {
    const { id } = await create();
    await team.admin.get('/api/trusted-signers', 403);
    await team.admin.post('/api/trusted-signers', { name: 'x', ...publicKeyOf(newKeyPair()) }, 403);
    await team.admin.get(`/api/trusted-signers/${id}`, 404);
    await team.admin.delete(`/api/trusted-signers/${id}`, 404);
    await api.platform.get(`/api/trusted-signers/${newId(PREFIX.trustedSigner)}`, 404);
    await api.as(null).get('/api/trusted-signers', 401);
    await api.platform.get(`/api/trusted-signers/${team.id}`, 400);
  });
});

const publicKeyOf = ({ publicKey }: { publicKey: string }) => ({ publicKey });

describe('the signing key', () => {
  test('is made once, whoever starts how often, and shown to any key', async () => {
    const shown = await team.viewer.get('/api/signing-key');
    await Promise.all(Array.from({ length: 5 }, () => ensureSigningKey(api.test.database, MASTER_KEY, new Date())));
    expect(await (await api.key(team.id, 'browser', 'publishable')).get('/api/signing-key')).toEqual(shown);
    await api.as(null).get('/api/signing-key', 401);
  });

  test('is sealed: the private half is in no row, and opens for its own row only', async () => {
    const row = await api.test.owner.db.one<{ id: string; text: string; key: string; sealed: Buffer; wrapped: Buffer }>({
      name: 'row',
      text: `select k.id, k::text as text, k.data_key_id as key, k.sealed_private_key as sealed, d.wrapped
        from signing_keys k join data_keys d on d.id = k.data_key_id`,
      values: [],
    });
    const key = unwrapKey(MASTER_KEY, row.wrapped, row.key);
    const { privateKey } = JSON.parse(open(key, row.sealed, boundTo({ workspaceId: 'server', id: row.id }, row.key)));
    expect(row.text).not.toContain(Buffer.from(privateKey, 'base64').toString('hex').slice(-64));
    expect(row.text).not.toContain(privateKey);
    expect(() => open(key, row.sealed, boundTo({ workspaceId: 'server', id: newId(PREFIX.signingKey) }, row.key))).toThrow();
  });
});
