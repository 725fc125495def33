import type { Integration, IntegrationVersion } from '@mortise/sdk/resources';
import type { CatalogueIntegration, CatalogueVersion } from './catalogue.ts';
import { manifestOf } from './conversion.ts';
import { type SourceContext, SourceEntities } from './source-entities.ts';

export interface ImportContext extends SourceContext {
  /** Kinds whose members installs refer to, instead of cloning them. */
  readonly references: ReadonlySet<string>;
}

/** One integration on its way from the catalogue to the server, version by version. What is there already tells where to go on. */
export class IntegrationImport {
  readonly id: string;
  /** Versions that are not published yet, oldest first. */
  readonly missing: readonly CatalogueVersion[];
  readonly #entities: SourceEntities;
  readonly #context: ImportContext;

  private constructor(context: ImportContext, id: string, slug: string, missing: readonly CatalogueVersion[]) {
    this.#context = context;
    this.id = id;
    this.missing = missing;
    this.#entities = new SourceEntities(context, slug);
  }

  /** Finds the integration in the workspace, or creates it. */
  static async open(context: ImportContext, source: CatalogueIntegration): Promise<IntegrationImport> {
    const present = await findIntegration(context, source);
    const { id } = present ?? (await createIntegration(context, source));
    const published = new Set(present === null ? [] : await publishedVersions(context, id));
    return new IntegrationImport(
      context,
      id,
      source.slug,
      source.versions.filter(({ version }) => !published.has(version)),
    );
  }

  /** Brings entities and draft to this version and publishes it. Members that it drops leave the manifest; their entities stay. */
  async publish(version: CatalogueVersion): Promise<IntegrationVersion> {
    const { client, references } = this.#context;
    const ids = await this.#entities.bring(version.members);
    const { authConfig, variablesSchema, changelog } = version;
    const draft = { manifest: manifestOf(version, ids, references), variablesSchema, authConfig };
    await client.request<Integration>('PATCH', `/api/integrations/${this.id}`, { body: draft });
    const body = { version: version.version, ...(changelog === undefined ? {} : { changelog }) };
    return client.request<IntegrationVersion>('POST', `/api/integrations/${this.id}/publish`, { body });
  }
}

async function findIntegration({ client, workspaceId }: ImportContext, { slug }: CatalogueIntegration): Promise<Integration | null> {
  const query = { workspace_id: workspaceId, filter: { slug: { eq: slug } }, limit: 1 };
  for await (const integration of client.each<Integration>('/api/integrations', query)) return integration;
  return null;
}

function createIntegration(
  { client, workspaceId }: ImportContext,
  { slug, name, description }: CatalogueIntegration,
): Promise<Integration> {
  const body = { workspaceId, slug, name, ...(description === undefined ? {} : { description }) };
  return client.request<Integration>('POST', '/api/integrations', { body });
}

async function publishedVersions({ client }: ImportContext, integrationId: string): Promise<string[]> {
  const versions = client.each<IntegrationVersion>('/api/integration-versions', { integration_id: integrationId });
  return Array.fromAsync(versions, ({ version }) => version);
}
