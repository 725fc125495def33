import { createPublicKey, verify } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestApi, TestIntegration, type TestWorkspace } from '../../../test/api.ts';
import { exported, furnished } from '../../../test/bundles.ts';
import { etagOf } from '../../http/etag.ts';
import { canonicalJson, digestOf } from '../../lib/json-canonical.ts';

let api: TestApi;
let acme: TestWorkspace;
let globex: TestWorkspace;
let made: TestIntegration;
let versionId: string;
beforeAll(async () => {
  api = await TestApi.start();
  acme = await api.workspace('acme');
  globex = await api.workspace('globex');
  ({ made, versionId } = await furnished(acme));
});
afterAll(() => api.stop());

const path = (id = versionId) => `/api/integration-versions/${id}/bundle`;

describe('an exported bundle', () => {
  test('is canonical JSON, the same bytes each time, under a file name of its own', async () => {
    const { headers, body } = await acme.viewer.call('GET', path());
    expect(headers.etag).toBe(etagOf(canonicalJson(body)));
    expect(headers['content-disposition']).toBe('attachment; filename="acme-desk-1.0.0.bundle.json"');
    const again = await acme.viewer.call('GET', path(), undefined, { 'if-none-match': String(headers.etag) });
    expect(again.status).toBe(304);
  });

  test('holds the version whole, with stand-ins for every entity of this server', async () => {
    const bundle = await exported(acme, versionId);
    expect(bundle).toMatchObject({
      format: 'mortise-bundle/1',
      integration: { publisher: 'acme', slug: 'desk', name: 'Support desk', description: 'Sorts tickets.', iconUrl: null },
      content: { version: '1.0.0', changelog: null, authConfig: { type: 'api_key', scopes: ['tickets:read'] } },
    });
    const { members, manifest } = bundle.content;
    const place = (number: number) => String(number).padStart(26, '0');
    expect(members.map(({ entityId, kind, name }) => [entityId, kind, name])).toEqual([
      [`agt_${place(1)}`, 'agent', 'triage'],
      [`fun_${place(2)}`, 'function', 'look-up'],
      [`sch_${place(3)}`, 'schema', 'person'],
      [`sch_${place(4)}`, 'schema', 'ticket'],
    ]);
    expect(members[0]?.definition).toEqual({
      tools: [`fun_${place(2)}`],
      self: `agt_${place(1)}`,
      takes: `sch_${place(4)}`,
      prompt: 'In {{ variables.language }}: ü',
      limit: '{{ variables.limit }}',
    });
    expect(manifest).toMatchObject({ members: [{ entityId: `agt_${place(1)}` }, { entityId: `fun_${place(2)}` }] });
    for (const id of made.entities.values()) expect(JSON.stringify(bundle)).not.toContain(id);
  });

  test('verifies with nothing but the digest, the signed text and the public key', async () => {
    const { content, digest, format, integration, publishedAt, signature } = await exported(acme, versionId);
    expect(digestOf(canonicalJson(content as never)).toString('hex')).toBe(digest);
    const key = createPublicKey({ key: `-----BEGIN PUBLIC KEY-----\n${signature.publicKey}\n-----END PUBLIC KEY-----`, format: 'pem' });
    const text = Buffer.from(canonicalJson({ digest, format, integration, publishedAt }));
    expect(verify(null, text, key, Buffer.from(signature.value, 'base64'))).toBe(true);
    expect(await globex.viewer.get('/api/signing-key')).toMatchObject({ algorithm: 'Ed25519', publicKey: signature.publicKey });
  });

  test('keeps its digest when the integration is called otherwise and its entities change', async () => {
    const { digest } = await exported(acme, versionId);
    await acme.editor.patch(`/api/integrations/${made.id}`, { name: 'Help desk' }, 200);
    await made.entity('look-up', { definition: { input: 'another' } });
    const later = await exported(acme, versionId);
    expect(later.integration.name).toBe('Support desk');
    expect(later.digest).toBe(digest);
  });

  test('carries no credentials and no values of installs', async () => {
    const secret = { workspaceId: acme.id, name: 'canary-name', type: 'api_key', secret: { apiKey: 'canary-secret' } };
    const { id: authStateId } = await acme.admin.post('/api/auth-states', secret, 201);
    const variables = { language: 'canary-value' };
    await acme.editor.post(`/api/integrations/${made.id}/install`, { workspaceId: acme.id, authStateId, variables }, 201);
    expect(JSON.stringify(await exported(acme, versionId))).not.toContain('canary');
  });
});

describe('who may export a version', () => {
  test('its workspace, a grantee, and whoever has it installed; after the grant is gone, only what the install pins', async () => {
    const grant = await acme.admin.post(`/api/integrations/${made.id}/grants`, { workspaceId: globex.id }, 201);
    await globex.viewer.get(path(), 200);
    const secret = { workspaceId: globex.id, name: 'service', type: 'api_key', secret: { apiKey: 'k' } };
    const { id: authStateId } = await globex.admin.post('/api/auth-states', secret, 201);
    await globex.editor.post(`/api/integrations/${made.id}/install`, { workspaceId: globex.id, authStateId }, 201);
    await acme.admin.delete(`/api/integration-grants/${grant.id}`, 200);
    const next = await made.publish('1.1.0', { 'look-up': { required: true } });
    await globex.viewer.get(path(), 200);
    await globex.admin.get(path(next.id), 404);
    await acme.viewer.get(path(next.id), 200);
  });

  test('anyone with a secret key when it is not private; a publishable key never', async () => {
    const open = await furnished(acme, 'open');
    const stranger = await api.workspace('stranger');
    await stranger.admin.get(path(open.versionId), 404);
    await acme.editor.post(`/api/integrations/${open.made.id}/visibility`, { visibility: 'unlisted' }, 200);
    await stranger.viewer.get(path(open.versionId), 200);
    const browser = await api.key(stranger.id, 'browser', 'publishable');
    await browser.get(path(open.versionId), 403);
    await api.as(null).get(path(open.versionId), 401);
    await stranger.viewer.get(path('int_x'), 400);
    await api.platform.get(path(open.versionId), 200);
  });

  test('a deleted integration can be backed up by its workspace alone', async () => {
    const gone = await furnished(acme, 'gone');
    const stranger = await api.workspace('another-stranger');
    await acme.editor.post(`/api/integrations/${gone.made.id}/visibility`, { visibility: 'unlisted' }, 200);
    await acme.editor.delete(`/api/integrations/${gone.made.id}`, 200);
    await stranger.admin.get(path(gone.versionId), 404);
    await acme.viewer.get(path(gone.versionId), 200);
  });
});

test('a version that is larger than a bundle may be is refused, not cut off', async () => {
  const large = await api.workspace('large');
  const body = { text: 'x'.repeat(1_000_000) };
  const members = Object.fromEntries(Array.from({ length: 68 }, (_, n) => [`m${n}`, { definition: { ...body, n } }]));
  const integration = await TestIntegration.create(large, 'large');
  const version = await integration.publish('1.0.0', members);
  const problem = await large.viewer.get(path(version.id), 409);
  expect(problem.code).toBe('bundle_too_large');
});
