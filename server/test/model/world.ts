/** What must be there: the model of one integration, and of a workspace that installs it. */
import { must } from '../../src/lib/must.ts';
import { type Doc, mentions, sameDoc, type Variables } from './documents.ts';
import type { Draft, Thing, Version } from './versions.ts';

/** An entity of the workspace: a clone, or one that was, or one of its own. */
export interface Entity {
  content: Doc;
  deleted: boolean;
  purged: boolean;
  /** Purged when no member had it any more: not even its row is left. */
  erased: boolean;
  /** Everything that it ever was. */
  readonly history: Doc[];
}

export interface Member {
  readonly id: string;
  readonly slug: string;
  readonly isClone: boolean;
  /** The clone, or the publisher's entity. */
  readonly entityId: string;
  readonly detached: boolean;
  /** What was last applied to the clone; null for references. */
  readonly applied: Doc | null;
  /** Where its next merge starts from, while conflicts are open. */
  readonly mergeBase: Doc | null;
  readonly source: string;
  readonly pin: string;
  /** Id of the version that it was made from. */
  readonly madeFrom: string;
}

export type Action = 'install' | 'upgrade' | 'reconfigure' | 'rollback' | 'add_members' | 'drop_member' | 'uninstall' | 'restore';

/** What a change wrote over in a clone. */
export interface Written {
  readonly entityId: string;
  readonly before: Doc;
  readonly after: Doc;
}

/** The four lists of an answer, sorted. */
export interface Lists {
  readonly updated: readonly string[];
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly skipped: readonly string[];
}
export const NOTHING: Lists = { updated: [], added: [], removed: [], skipped: [] };

export interface Revision {
  readonly action: Action;
  readonly lists: Lists;
  readonly version: Version;
  readonly variables: Variables;
  readonly members: readonly (Member & { readonly missing: boolean })[];
  readonly written: readonly Written[];
}

export interface Install {
  readonly id: string;
  readonly policy: Policy;
  version: Version;
  variables: Variables;
  active: boolean;
  /** By slug. After an uninstall: those that a restore brings back. */
  members: ReadonlyMap<string, Member>;
  /** Clones that the last uninstall deleted. */
  deletedWithIt: readonly string[];
  /** Entities that had been purged by then. */
  purgedBefore: readonly string[];
  readonly revisions: Revision[];
}

export const POLICIES = ['auto_all', 'auto_defaults', 'manual'] as const;
export type Policy = (typeof POLICIES)[number];

export class World {
  draft: Draft;
  readonly sources: Readonly<Record<Thing, string>>;
  readonly versions: Version[] = [];
  readonly entities = new Map<string, Entity>();
  readonly installs: Install[] = [];

  constructor(draft: Draft, sources: Readonly<Record<Thing, string>>) {
    this.draft = draft;
    this.sources = sources;
  }

  /** The install that commands are about: the last one. */
  get install(): Install | undefined {
    return this.installs.at(-1);
  }

  get active(): Install | undefined {
    return this.install?.active ? this.install : undefined;
  }

  get current(): Version {
    return must(this.versions.at(-1), 'a version was published');
  }

  entity(id: string): Entity {
    return must(this.entities.get(id), `the model knows the entity ${id}`);
  }

  /** The ids of the workspace's entities that are not deleted. */
  present(): string[] {
    return [...this.entities].flatMap(([id, { deleted }]) => (deleted ? [] : [id]));
  }

  create(id: string, content: Doc): void {
    this.entities.set(id, { content, deleted: false, purged: false, erased: false, history: [content] });
  }

  /** Writes a definition into an entity; whether it was another one. */
  write(id: string, content: Doc): boolean {
    const entity = this.entity(id);
    if (sameDoc(entity.content, content)) return false;
    entity.content = content;
    entity.history.push(content);
    return true;
  }

  /** Of clones that would go, those that nothing staying refers to, directly or through others that stay. */
  unneeded(leaving: readonly string[]): string[] {
    const going = new Set(leaving);
    for (;;) {
      const staying = this.present().filter((id) => !going.has(id));
      const needed = [...going].find((id) => staying.some((other) => mentions(this.entity(other).content, id)));
      if (needed === undefined) return [...going];
      going.delete(needed);
    }
  }

  remove(ids: readonly string[]): void {
    for (const id of ids) this.entity(id).deleted = true;
  }

  purge(id: string): void {
    const entity = this.entity(id);
    entity.purged = true;
    entity.erased = !this.installs.some((install) => lastOf(install).includes(id));
  }

  /** Writes down what a change made of the active install. */
  note(install: Install, action: Action, lists: Lists, written: readonly Written[] = []): void {
    const members = [...install.members.values()].map((member) => ({
      ...member,
      missing: member.isClone && this.entity(member.entityId).deleted,
    }));
    install.revisions.push({ action, lists, version: install.version, variables: install.variables, members, written });
  }
}

/** The entities of an install's members, of removed ones too, as they were last. */
function lastOf({ revisions, members }: Install): string[] {
  const all = [...revisions.flatMap((revision) => revision.members), ...members.values()];
  return [...new Map(all.map(({ id, entityId }) => [id, entityId])).values()];
}

export const lists = (part: Partial<Lists>): Lists => {
  const sorted = (slugs: readonly string[] = []) => [...slugs].sort();
  return { updated: sorted(part.updated), added: sorted(part.added), removed: sorted(part.removed), skipped: sorted(part.skipped) };
};
