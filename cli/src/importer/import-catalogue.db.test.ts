import { Mortise } from '@mortise/sdk';
import type { Entity, Integration, IntegrationVersion, JsonObject } from '@mortise/sdk/resources';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestApi } from '../../../server/test/api.ts';
import { must } from '../must.ts';
import type { Catalogue, CatalogueMember, CatalogueVersion } from './catalogue.ts';
import { type ImportOptions, importCatalogue } from './import-catalogue.ts';
import { IntegrationImport } from './integration-import.ts';

let api: TestApi;
let url: string;
beforeAll(async () => {
  api = await TestApi.start();
  url = await api.app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => api.stop());

/** A workspace with this handle, and a client that may author in it and nothing more. */
async function publisher(handle: string): Promise<{ client: Mortise; workspaceId: string }> {
  const { id: workspaceId } = await api.platform.post('/api/workspaces', { name: handle, handle }, 201);
  const { secret } = await api.platform.post('/api/api-keys', { workspaceId, name: 'import', role: 'editor', kind: 'secret' }, 201);
  return { client: new Mortise({ url, key: secret }), workspaceId };
}

const OPTIONS: ImportOptions = { references: new Set(), onVersions: () => {} };

/** A catalogue of one integration. Definitions are keyed `<slug>` or `<slug>/<anything>`. */
function catalogueOf(publisher: string, definitions: Record<string, JsonObject>, ...versions: string[][]): Catalogue {
  const memberOf = (definition: string): CatalogueMember => {
    const [slug = ''] = definition.split('/');
    return {
      slug,
      kind: slug.startsWith('input') ? 'schema' : 'function',
      name: slug,
      definition,
      ...(slug.startsWith('input') && { closure: true }),
    };
  };
  const versionOf = (members: string[], index: number): CatalogueVersion => ({
    version: `1.${index}.0`,
    authConfig: {},
    variablesSchema: {},
    members: members.map(memberOf),
  });
  return { definitions, integrations: [{ slug: 'tasks', publisher, name: 'Tasks', versions: versions.map(versionOf) }] };
}

const entitiesOf = (client: Mortise) => Array.fromAsync(client.each<Entity>('/api/entities'));

async function integrationOf(client: Mortise): Promise<Integration> {
  const [integration] = await Array.fromAsync(client.each<Integration>('/api/integrations'));
  return must(integration, 'one was imported');
}

test('members that mention one another in a cycle are created and refer to each other’s entities', async () => {
  const { client } = await publisher('cycle');
  const definitions = { a: { next: '@b' }, b: { next: '@a', takes: '@input' }, input: { type: 'object' } };
  const result = await importCatalogue(client, catalogueOf('cycle', definitions, ['a', 'b', 'input']), OPTIONS);
  expect(result).toMatchObject({ workspace: 'cycle', integrations: 1, versions: 1, entities: 3, refused: [] });
  const byName = new Map((await entitiesOf(client)).map((entity) => [entity.name, entity]));
  expect(byName.get('a')?.definition).toEqual({ next: byName.get('b')?.id });
  expect(byName.get('b')?.definition).toEqual({ next: byName.get('a')?.id, takes: byName.get('input')?.id });
});

test('an unchanged definition makes no entity version; a dropped member leaves the manifest and keeps its entity', async () => {
  const { client } = await publisher('steps');
  const definitions = { a: { v: 1 }, 'a/2': { v: 2 }, b: { v: 1 } };
  const result = await importCatalogue(client, catalogueOf('steps', definitions, ['a', 'b'], ['a/2', 'b'], ['a/2']), OPTIONS);
  expect(result).toMatchObject({ versions: 3, entities: 2, entityVersions: 3 });
  const { manifest, currentVersion } = await integrationOf(client);
  expect(currentVersion).toBe('1.2.0');
  expect(manifest.members?.map(({ slug }) => slug)).toEqual(['a']);
  expect(await entitiesOf(client)).toHaveLength(2);
});

test('an import that was cut off goes on where it stood, and one that is done does nothing', async () => {
  const { client, workspaceId } = await publisher('resumed');
  const definitions = { a: { v: 1 }, 'a/2': { v: 2 }, b: { v: 1 } };
  const catalogue = catalogueOf('resumed', definitions, ['a'], ['a/2', 'b']);
  const source = must(catalogue.integrations[0], 'the catalogue has one');
  const context = { client, workspaceId, definitions, references: new Set<string>(), tally: { entities: 0, entityVersions: 0 } };
  const cutOff = await IntegrationImport.open(context, source);
  await cutOff.publish(must(cutOff.missing[0], 'nothing is published yet'));

  expect(await importCatalogue(client, catalogue, OPTIONS)).toMatchObject({ versions: 1, entities: 1, entityVersions: 2 });
  expect(await importCatalogue(client, catalogue, OPTIONS)).toMatchObject({ integrations: 1, versions: 0, entities: 0, entityVersions: 0 });
  const versions = client.each<IntegrationVersion>('/api/integration-versions', { integration_id: cutOff.id });
  expect((await Array.fromAsync(versions, ({ version }) => version)).toSorted()).toEqual(['1.0.0', '1.1.0']);
});

test('an integration that the server refuses is named with its version, and the others are imported', async () => {
  const { client } = await publisher('mixed');
  const { definitions, integrations } = catalogueOf('mixed', { a: { v: 1 }, bad: { uses: '{{ variables.unknown }}' } }, ['a'], ['bad']);
  const source = must(integrations[0], 'the catalogue has one');
  const other = { ...source, slug: 'other', versions: source.versions.slice(0, 1) };
  const result = await importCatalogue(client, { definitions, integrations: [source, other] }, OPTIONS);
  expect(result).toMatchObject({ integrations: 1, versions: 2 });
  expect(result.refused).toMatchObject([{ what: 'tasks@1.1.0', error: { status: 422, code: 'invalid_manifest' } }]);
});

test('a workspace that is missing takes a platform admin’s key', async () => {
  const { client } = await publisher('somebody');
  await expect(importCatalogue(client, catalogueOf('nobody', { a: {} }, ['a']), OPTIONS)).rejects.toMatchObject({ status: 403 });
});
