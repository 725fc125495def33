/** What happens where outsiders may not look. Done twice, it is another time another thing: nothing of it may change what they are answered. */
import sql from 'sql-template-tag';
import { expect } from 'vitest';
import { newKeyPair } from '../../src/lib/ed25519.ts';
import { TestIntegration } from '../api.ts';
import { installed, type Stage } from '../contract/stage.ts';

export type Disturbance = (stage: Stage, time: number) => Promise<void>;

export const DISTURBANCES: Readonly<Record<string, Disturbance>> = {
  /** Rows of every kind, and what is told of them. */
  'a workspace works for itself': async (stage, time) => {
    const { id: workspaceId, admin, editor } = stage.home;
    const integration = await TestIntegration.create(stage.home, `secret-${time}`, {
      name: `Secret ${time}`,
      description: `canary-${time}`,
    });
    await integration.publish(
      `1.${time}.0`,
      { hidden: { kind: 'agent', forkOnInstall: true, required: true } },
      { description: `c-${time}` },
    );
    await installed(stage, integration);
    await admin.post('/api/auth-states', { workspaceId, name: `canary-${time}`, type: 'api_key', secret: { apiKey: 'k' } }, 201);
    await admin.post('/api/api-keys', { workspaceId, name: `canary-${time}`, kind: 'secret', role: 'viewer' }, 201);
    await editor.patch(`/api/entities/${stage.home.rows.agt}`, { name: `canary-${time}`, definition: { canary: time } }, 200);
    await editor.patch(`/api/integration-installs/${stage.home.install}`, { variables: { canary: time } }, 200);
    await admin.post(`/api/integrations/${integration.id}/visibility`, { visibility: 'public' }, 200);
    await admin.patch(`/api/workspaces/${workspaceId}`, { name: `canary-${time}` }, 200);
  },
  'others are invited, granted and trusted': async ({ api, home }, time) => {
    const other = await api.workspace(`other-${time}`);
    await home.admin.post(`/api/integrations/${home.integration.id}/grants`, { workspaceId: other.id }, 201);
    const user = await api.platform.post('/api/users', { email: `canary-${time}@x.example`, name: `Canary ${time}` }, 201);
    await home.admin.post(`/api/workspaces/${home.id}/memberships`, { userId: user.id, role: 'editor' }, 201);
    await api.platform.post('/api/trusted-signers', { name: `canary-${time}`, publicKey: newKeyPair().publicKey }, 201);
  },
  'a publisher drafts': async ({ home }, time) => {
    const draft = { name: `Draft ${time}`, description: `canary-${time}`, authConfig: { type: 'api_key', scopes: [`canary-${time}`] } };
    const variablesSchema = { type: 'object', properties: { [`canary-${time}`]: { type: 'string' } } };
    await home.editor.patch(`/api/integrations/${home.integration.id}`, { ...draft, variablesSchema }, 200);
  },
  'a version is held for review': async ({ home }, time) => {
    const body = { version: `1.${time}.0`, changelog: `canary-${time}` };
    const { id } = await home.editor.post(`/api/integrations/${home.integration.id}/publish`, body, 201);
    const { heldAt } = await home.editor.get(`/api/integration-versions/${id}`);
    expect(heldAt).not.toBeNull();
  },
  'people get another e-mail': async ({ api }, time) => {
    await api.test.owner.db.run(sql`update users set email = ${`n${time}-`} || email`);
  },
};
