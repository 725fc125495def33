import type { BundleMember, Bundle as PackedBundle, BundleContent as PackedContent } from '../src/domain/bundle/schema.ts';
import { statementText } from '../src/domain/bundle/statement.ts';
import { type KeyPair, signText } from '../src/lib/ed25519.ts';
import type { JsonObject } from '../src/lib/json.ts';
import { canonicalJson, digestOf } from '../src/lib/json-canonical.ts';
import { type TestApi, TestIntegration, type TestWorkspace } from './api.ts';

/** A bundle on the wire: definitions are objects there. */
export type BundleContent = Omit<PackedContent, 'members'> & { members: (Omit<BundleMember, 'definition'> & { definition: JsonObject })[] };
export type Bundle = Omit<PackedBundle, 'content'> & { content: BundleContent };

export const exported = (workspace: TestWorkspace, versionId: string): Promise<Bundle> =>
  workspace.viewer.get(`/api/integration-versions/${versionId}/bundle`, 200);

export const imported = (workspace: TestWorkspace, bundle: unknown, more: object = {}, status = 201) =>
  workspace.editor.post('/api/bundles', { workspaceId: workspace.id, bundle, ...more }, status);

/** The bundle with other content, as somebody with these keys would sign it. */
export function signedBy(keys: KeyPair, bundle: Bundle, change: Partial<BundleContent> = {}): Bundle {
  const content = { ...bundle.content, ...change };
  const altered = { ...bundle, content, digest: digestOf(canonicalJson(content)).toString('hex') };
  const value = signText(keys.privateKey, statementText(altered));
  return { ...altered, signature: { algorithm: 'Ed25519', publicKey: keys.publicKey, value } };
}

/** `there` lets bundles of `here` in. */
export async function trust(there: TestApi, here: TestApi, name = 'Here'): Promise<string> {
  const { publicKey } = await here.platform.get('/api/signing-key');
  return (await there.platform.post('/api/trusted-signers', { name, publicKey }, 201)).id;
}

/**
 * An integration with all that a version can hold: a clone and a reference that refer to one another, schemas in a circle behind them,
 * tokens, dependsOn, defaults. Its 1.0.0 is published; the id of the version.
 */
export async function furnished(workspace: TestWorkspace, slug = 'desk'): Promise<{ made: TestIntegration; versionId: string }> {
  const made = await TestIntegration.create(workspace, slug, { name: 'Support desk', description: 'Sorts tickets.' });
  const [ticket, person] = [await made.entity('ticket', { kind: 'schema' }), await made.entity('person', { kind: 'schema' })];
  await made.entity('ticket', { definition: { type: 'object', owner: person } });
  await made.entity('person', { definition: { type: 'object', tickets: { items: ticket } } });
  const lookUp = await made.entity('look-up', { definition: { input: person } });
  const triage = await made.entity('triage', { kind: 'agent' });
  const members = {
    triage: {
      kind: 'agent',
      definition: {
        tools: [lookUp],
        self: triage,
        takes: ticket,
        prompt: 'In {{ variables.language }}: ü',
        limit: '{{ variables.limit }}',
      },
      forkOnInstall: true,
      defaultEnabled: true,
      dependsOn: ['look-up'],
    },
    'look-up': { required: true },
  };
  const variablesSchema = { type: 'object', properties: { language: { type: 'string' }, limit: { type: 'integer', default: 20 } } };
  const authConfig = { type: 'api_key', scopes: ['tickets:read'] };
  const manifest = { defaults: { memberPolicy: 'auto_all', variables: { language: 'de' } } };
  const { id: versionId } = await made.publish('1.0.0', members, { variablesSchema, authConfig, manifest });
  return { made, versionId };
}
