import { newKeyPair } from '../../src/lib/ed25519.ts';
import { must } from '../../src/lib/must.ts';
import { type TestApi, TestIntegration, type TestWorkspace } from '../api.ts';

/** A workspace with one row of everything that an id in a path can name. */
export interface Home extends TestWorkspace {
  readonly integration: TestIntegration;
  readonly install: string;
  /** Members of the install: a clone and a reference. */
  readonly clone: string;
  readonly reference: string;
  /** Prefix of an id → the row of that type; `agt` stands for entities of every kind. */
  readonly rows: Readonly<Record<string, string>>;
}

/** Furnishes a workspace: it publishes an integration in two versions, shares it with `guest`, installs it itself, and asks for it to be public. */
export async function furnish(api: TestApi, workspace: TestWorkspace, guest: TestWorkspace): Promise<Home> {
  const { admin, editor, id: workspaceId } = workspace;
  const integration = await TestIntegration.create(workspace, 'desk');
  const members = { triage: { kind: 'agent', forkOnInstall: true, required: true }, lookup: { required: true } };
  await integration.publish('0.9.0', members);
  const version = await integration.publish('1.0.0', members);
  const grant = await admin.post(`/api/integrations/${integration.id}/grants`, { workspaceId: guest.id }, 201);
  const install = await editor.post(`/api/integrations/${integration.id}/install`, { workspaceId }, 201);
  const [clone, reference] = (await editor.get(`/api/integration-installs/${install.id}/members`)).members;
  const secret = { workspaceId, name: 'Help desk', type: 'api_key', secret: { apiKey: 'k' } };
  const authState = await admin.post('/api/auth-states', secret, 201);
  const key = await admin.post('/api/api-keys', { workspaceId, name: 'spare', kind: 'secret', role: 'viewer' }, 201);
  const user = await api.platform.post('/api/users', { email: `ada@${workspace.handle}.example`, name: 'Ada' }, 201);
  const membership = await api.platform.post(`/api/workspaces/${workspaceId}/memberships`, { userId: user.id, role: 'admin' }, 201);
  await admin.post(`/api/integrations/${integration.id}/visibility`, { visibility: 'public' }, 200);
  const reviews = await editor.get('/api/review-submissions');
  const signer = { name: workspace.handle, publicKey: newKeyPair().publicKey };
  const trusted = await api.platform.post('/api/trusted-signers', signer, 201);
  const events = await editor.get('/api/events?limit=1');
  return {
    ...workspace,
    integration,
    install: install.id,
    clone: clone.id,
    reference: reference.id,
    rows: {
      wsp: workspaceId,
      usr: user.id,
      wspmem: membership.id,
      key: key.id,
      aut: authState.id,
      agt: integration.source('triage'),
      int: integration.id,
      intver: version.id,
      intgrt: grant.id,
      intrev: must(reviews.data[0], 'a review is open').id,
      intins: install.id,
      intmem: clone.id,
      sol: install.solutionId,
      sgn: trusted.id,
      evt: must(events.data[0], 'what was done has left events').id,
    },
  };
}
