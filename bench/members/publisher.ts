import type { Mortise } from '@mortise/sdk';
import type { Integration, IntegrationVersion } from '@mortise/sdk/resources';
import type pg from 'pg';
import { type Definition, definitionOf } from '../../server/src/domain/entity/definitions.ts';
import { chunks } from '../../server/src/lib/chunks.ts';
import { newId } from '../../server/src/lib/ids.ts';
import { must } from '../../server/src/lib/must.ts';
import { memberDefinition } from './definition.ts';
import {
  CHUNK,
  type EntityRow,
  insertDefinitions,
  insertEntities,
  insertEntityVersions,
  inTransaction,
  rewriteEntities,
  type Stamp,
} from './write.ts';

/** How many other members each member refers to. */
const REFERENCES = 3;

/** A member as its publisher has it. */
export interface Source {
  readonly slug: string;
  readonly entityId: string;
  readonly refs: readonly string[];
  /** How often its definition was changed. */
  edition: number;
}

/** A publisher's integration with very many members. Entities are written by the owner's connection, versions published over HTTP. */
export class Publisher {
  readonly members: readonly Source[];
  readonly #editor: Mortise;
  readonly #place: { readonly workspaceId: string; readonly userId: string };
  #id = '';
  #versions = 0;

  constructor(editor: Mortise, place: { readonly workspaceId: string; readonly userId: string }, size: number) {
    this.#editor = editor;
    this.#place = place;
    this.members = sourcesOf(size);
  }

  get id(): string {
    return this.#id;
  }

  /** Writes the entities and a draft that declares them all. */
  async draft(owner: pg.Client): Promise<void> {
    await this.#write(owner, this.members, async (client, rows, stamp) => {
      await insertEntities(client, rows, stamp);
      await insertEntityVersions(client, rows, stamp);
    });
    const { id } = await this.#editor.request<Integration>('POST', '/api/integrations', {
      body: {
        workspaceId: this.#place.workspaceId,
        slug: `members-${this.members.length}`,
        name: `${this.members.length} members`,
        manifest: { members: this.members.map(({ slug, entityId }) => ({ slug, entityId, kind: 'agent', forkOnInstall: true })) },
        variablesSchema: { type: 'object', properties: { tone: { type: 'string', default: 'calm' } } },
      },
    });
    this.#id = id;
  }

  /** Lets every workspace install it by its id. */
  async unlist(): Promise<void> {
    await this.#editor.request('POST', `/api/integrations/${this.#id}/visibility`, { body: { visibility: 'unlisted' } });
  }

  async publish(): Promise<IntegrationVersion> {
    const version = `1.${this.#versions++}.0`;
    return this.#editor.request('POST', `/api/integrations/${this.#id}/publish`, { body: { version } });
  }

  /** Changes the definitions of the first so many members. */
  async change(owner: pg.Client, count: number): Promise<void> {
    const changed = this.members.slice(0, count);
    for (const source of changed) source.edition += 1;
    await this.#write(owner, changed, rewriteEntities);
  }

  async #write(
    owner: pg.Client,
    members: readonly Source[],
    write: (owner: pg.Client, rows: readonly EntityRow[], stamp: Stamp) => Promise<void>,
  ): Promise<void> {
    const stamp = { by: this.#place.userId, at: new Date() };
    await inTransaction(owner, async () => {
      for (const chunk of chunks(members, CHUNK)) {
        const definitions = chunk.map((source) => this.#definition(source));
        await insertDefinitions(owner, definitions);
        const rows = chunk.map((source, index) => this.#row(source, must(definitions[index], 'one per member')));
        await write(owner, rows, stamp);
      }
    });
  }

  #definition({ slug, refs, edition }: Source): Definition {
    return definitionOf(memberDefinition(`${this.members.length} ${slug}`, refs, edition));
  }

  #row({ entityId, slug, edition }: Source, { digest }: Definition): EntityRow {
    return {
      workspaceId: this.#place.workspaceId,
      entityId,
      kind: 'agent',
      slug: `of-${this.members.length}-${slug}`,
      name: `Agent ${slug}`,
      description: null,
      digest,
      versionId: newId('agtver'),
      number: edition,
    };
  }
}

/** Every member refers to some others, near and far, so that all of them hang together. */
function sourcesOf(size: number): Source[] {
  const ids = Array.from({ length: size }, () => newId('agt'));
  return ids.map((entityId, n) => {
    const others = Array.from({ length: REFERENCES }, (_, k) => must(ids[(n * (k + 1) + k + 1) % size], 'within the members'));
    return { slug: `m${n}`, entityId, refs: [...new Set(others)].filter((id) => id !== entityId), edition: 1 };
  });
}
