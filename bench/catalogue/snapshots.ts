import { isDeepStrictEqual } from 'node:util';
import type { CatalogueMember, CatalogueVersion } from '@mortise/cli/importer/catalogue';
import { definitionOf, entitySlug, withEntityIds } from '@mortise/cli/importer/conversion';
import type { Mortise } from '@mortise/sdk';
import type { EntityVersion, IntegrationVersion, JsonObject, MemberPreview } from '@mortise/sdk/resources';

/** The publisher's entity behind a member, as a version pins it. */
export interface PinnedMember {
  readonly entityId: string;
  readonly entityVersionId: string;
  readonly definition: JsonObject;
}

/** A published version as the API tells it. */
export interface Snapshot {
  readonly version: IntegrationVersion;
  /** By slug. A closure schema has the slug of its entity. */
  readonly members: ReadonlyMap<string, PinnedMember>;
  /** What does not fit together, or is not what the catalogue says. */
  readonly faults: readonly string[];
}

/** Reads snapshots through the API; definitions are immutable and read once. */
export class Snapshots {
  readonly #client: Mortise;
  readonly #definitions: Readonly<Record<string, JsonObject>>;
  readonly #pinned = new Map<string, JsonObject>();

  constructor(client: Mortise, definitions: Readonly<Record<string, JsonObject>>) {
    this.#client = client;
    this.#definitions = definitions;
  }

  async read(version: IntegrationVersion, source: CatalogueVersion, integration: string): Promise<Snapshot> {
    const query = { integration_version_id: version.id };
    const path = `/api/integrations/${version.integrationId}/members` as const;
    const { members: previews } = await this.#client.request<{ members: readonly MemberPreview[] }>('GET', path, { query });
    const faults: string[] = [];
    const members = new Map<string, PinnedMember>();
    for (const { slug, entityId } of previews) {
      const entityVersionId = version.memberEntityVersions[slug];
      const definition = entityVersionId === undefined ? undefined : await this.#definitionOf(entityId, entityVersionId);
      if (entityVersionId === undefined || definition === undefined) faults.push(`snapshot: ${slug} has no pinned definition`);
      else members.set(slug, { entityId, entityVersionId, definition });
    }
    const unseen = Object.keys(version.memberEntityVersions).filter((slug) => !members.has(slug));
    faults.push(...unseen.map((slug) => `snapshot: ${slug} is pinned but not in the preview`));
    faults.push(...this.#againstCatalogue(members, source, integration));
    return { version, members, faults };
  }

  async #definitionOf(entityId: string, entityVersionId: string): Promise<JsonObject | undefined> {
    if (!this.#pinned.has(entityVersionId)) {
      for await (const { id, definition } of this.#client.each<EntityVersion>(`/api/entities/${entityId}/versions`))
        this.#pinned.set(id, definition);
    }
    return this.#pinned.get(entityVersionId);
  }

  /** Every member of the catalogue is pinned with the definition that it has there. */
  #againstCatalogue(members: Snapshot['members'], { members: declared }: CatalogueVersion, integration: string): string[] {
    const pinnedOf = ({ slug, closure }: CatalogueMember) => members.get(closure === true ? entitySlug(integration, slug) : slug);
    const ids = new Map<string, string>();
    for (const member of declared) {
      const pinned = pinnedOf(member);
      if (pinned !== undefined) ids.set(member.slug, pinned.entityId);
    }
    return declared.flatMap((member) => {
      const wanted = withEntityIds(definitionOf(member, this.#definitions), ids);
      return isDeepStrictEqual(pinnedOf(member)?.definition, wanted)
        ? []
        : [`snapshot: ${member.slug} is not pinned as the catalogue has it`];
    });
  }
}
