import type { Mortise } from '@mortise/sdk';
import type { Entity, JsonObject } from '@mortise/sdk/resources';
import { must } from '../must.ts';
import type { CatalogueMember } from './catalogue.ts';
import { creationOrder, definitionOf, entitySlug, mentions, withEntityIds } from './conversion.ts';

/** How many slugs one look-up names: the answer fits one page, the URL its limit. */
const LOOKED_UP = 100;

/** What an import needs to know beside the members themselves. */
export interface SourceContext {
  readonly client: Mortise;
  readonly workspaceId: string;
  readonly definitions: Readonly<Record<string, JsonObject>>;
  /** Counts up what is made: entities, and their versions with the first ones. */
  readonly tally: { entities: number; entityVersions: number };
}

interface Source {
  readonly id: string;
  readonly name: string;
  readonly versionNumber: number;
  /** The definition last sent, as text; null when it was found and nobody compared it yet. */
  readonly sent: string | null;
}

/** The entities behind the members of one integration, through all its versions. */
export class SourceEntities {
  readonly #context: SourceContext;
  readonly #integration: string;
  readonly #byKindAndSlug = new Map<string, Source>();

  constructor(context: SourceContext, integration: string) {
    this.#context = context;
    this.#integration = integration;
  }

  /** Brings the entities of these members to their definitions. Returns member slug → entity id. */
  async bring(members: readonly CatalogueMember[]): Promise<ReadonlyMap<string, string>> {
    await this.#lookUp(members.filter((member) => !this.#byKindAndSlug.has(keyOf(member))));
    for (const member of creationOrder(members, this.#context.definitions)) {
      if (!this.#byKindAndSlug.has(keyOf(member))) await this.#create(member, members);
    }
    const ids = this.#idsOf(members);
    for (const member of members) await this.#update(member, ids);
    return ids;
  }

  /** Finds what an earlier import made, which may have been cut off in the middle of a version. */
  async #lookUp(members: readonly CatalogueMember[]): Promise<void> {
    for (let from = 0; from < members.length; from += LOOKED_UP) {
      const wanted = new Map(members.slice(from, from + LOOKED_UP).map((member) => [this.#slugOf(member), member]));
      const query = { workspace_id: this.#context.workspaceId, filter: { slug: { in: [...wanted.keys()] } } };
      for await (const { id, slug, kind, name, versionNumber } of this.#context.client.each<Entity>('/api/entities', query)) {
        const member = wanted.get(slug);
        if (member?.kind === kind) this.#byKindAndSlug.set(keyOf(member), { id, name, versionNumber, sent: null });
      }
    }
  }

  /** A definition that mentions an entity still to come (they form a cycle) waits for `#update`. */
  async #create(member: CatalogueMember, members: readonly CatalogueMember[]): Promise<void> {
    const { client, workspaceId, definitions, tally } = this.#context;
    const ids = this.#idsOf(members);
    const wanted = definitionOf(member, definitions);
    const complete = mentions(wanted, new Set(members.map(({ slug }) => slug))).every((slug) => ids.has(slug));
    const definition = complete ? withEntityIds(wanted, ids) : {};
    const { kind, name } = member;
    const body = { workspaceId, kind, slug: this.#slugOf(member), name, definition };
    const { id, versionNumber } = await client.request<Entity>('POST', '/api/entities', { body });
    this.#byKindAndSlug.set(keyOf(member), { id, name, versionNumber, sent: JSON.stringify(definition) });
    tally.entities += 1;
    tally.entityVersions += 1;
  }

  async #update(member: CatalogueMember, ids: ReadonlyMap<string, string>): Promise<void> {
    const source = must(this.#byKindAndSlug.get(keyOf(member)), 'missing entities were created');
    const { name } = member;
    const definition = withEntityIds(definitionOf(member, this.#context.definitions), ids);
    const text = JSON.stringify(definition);
    if (text === source.sent && name === source.name) return;
    const { client, tally } = this.#context;
    const { versionNumber } = await client.request<Entity>('PATCH', `/api/entities/${source.id}`, { body: { name, definition } });
    this.#byKindAndSlug.set(keyOf(member), { id: source.id, name, versionNumber, sent: text });
    tally.entityVersions += versionNumber - source.versionNumber;
  }

  #idsOf(members: readonly CatalogueMember[]): ReadonlyMap<string, string> {
    return new Map(
      members.flatMap((member) => {
        const source = this.#byKindAndSlug.get(keyOf(member));
        return source === undefined ? [] : [[member.slug, source.id] as const];
      }),
    );
  }

  #slugOf(member: CatalogueMember): string {
    return entitySlug(this.#integration, member.slug);
  }
}

/** A member that changes its kind gets another entity: an id tells its kind. */
const keyOf = ({ kind, slug }: CatalogueMember): string => `${kind}/${slug}`;
