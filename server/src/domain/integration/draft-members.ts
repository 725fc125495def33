import sql from 'sql-template-tag';
import type { ReadCtx } from '../../context.ts';
import { SCHEMA_KIND } from '../../lib/kinds.ts';
import type { IntegrationRow } from './lock.ts';
import type { Manifest, MemberDecl } from './manifest.ts';
import type { SnapshotMember } from './snapshot.ts';

/** An entity of the source workspace as a draft finds it. */
export interface SourceEntity {
  readonly id: string;
  readonly kind: string;
  readonly slug: string;
  readonly name: string;
  readonly description: string | null;
  readonly versionId: string;
  readonly digest: Buffer;
  readonly deleted: boolean;
  readonly refs: readonly string[];
  readonly variables: readonly string[];
}

/** What a draft stands on: its declarations, and the entities that it names or reaches through schemas. */
export interface Draft {
  readonly integration: IntegrationRow;
  readonly declared: readonly MemberDecl[];
  /** id → entity of the source workspace: those declared, and the active schemas in their closure. */
  readonly entities: ReadonlyMap<string, SourceEntity>;
  /** Source entity id → slug that the closure schema had in an earlier version. */
  readonly closureSlugs: ReadonlyMap<string, string>;
  /** slug → slugs that the member had before, by the current version. */
  readonly formerSlugs: ReadonlyMap<string, FormerSlugs>;
}

export async function loadDraft(ctx: ReadCtx, integration: IntegrationRow): Promise<Draft> {
  const declared = (integration.manifest as Manifest).members ?? [];
  return {
    integration,
    declared,
    entities: await loadEntities(
      ctx,
      integration.workspaceId,
      declared.map((member) => member.entityId),
    ),
    closureSlugs: await loadClosureSlugs(ctx, integration.id),
    formerSlugs: await loadFormerSlugs(ctx, integration.currentVersionId),
  };
}

/**
 * The named entities and the transitive closure of active schemas behind them, in one statement. Only entities of the source
 * workspace are ever looked at: no id in a definition can pull a stranger's schema into a snapshot.
 */
async function loadEntities(ctx: ReadCtx, workspaceId: string, ids: readonly string[]): Promise<ReadonlyMap<string, SourceEntity>> {
  const rows = await ctx.db.many<SourceEntity>(sql`
    with recursive closure(id) as (
      select e.id from entities e where e.id = any(${ids}::text[]) and e.workspace_id = ${workspaceId} and e.purged_at is null
      union
      select s.id
      from closure c
      join entities e on e.id = c.id and e.deleted_at is null
      join definitions d on d.digest = e.definition_digest
      join entities s on s.id = any(d.refs) and s.workspace_id = ${workspaceId} and s.kind = ${SCHEMA_KIND} and s.deleted_at is null
    )
    select e.id, e.kind, e.slug, e.name, e.description, e.current_version_id as "versionId", e.definition_digest as digest,
      e.deleted_at is not null as deleted, d.refs, d.variables
    from closure c join entities e on e.id = c.id join definitions d on d.digest = e.definition_digest`);
  return new Map(rows.map((row) => [row.id, row]));
}

async function loadClosureSlugs(ctx: ReadCtx, integrationId: string): Promise<ReadonlyMap<string, string>> {
  const rows = await ctx.db.many<{ id: string; slug: string }>(sql`
    select distinct on (m.entity_id) m.entity_id as id, m.slug
    from integration_versions v join integration_version_members m on m.integration_version_id = v.id
    where v.integration_id = ${integrationId} and m.origin = 'schema_closure'
    order by m.entity_id, v.published_at desc`);
  return new Map(rows.map((row) => [row.id, row.slug]));
}

/** Slugs that a member had before, by the version that is current, and of which entity it was there. */
interface FormerSlugs {
  readonly entityId: string;
  readonly formerSlugs: readonly string[];
}

async function loadFormerSlugs(ctx: ReadCtx, versionId: string | null): Promise<ReadonlyMap<string, FormerSlugs>> {
  const rows = await ctx.db.many<FormerSlugs & { slug: string }>(sql`
    select slug, entity_id as "entityId", former_slugs as "formerSlugs" from integration_version_members
    where integration_version_id = ${versionId}`);
  return new Map(rows.map((row) => [row.slug, row]));
}

/** The members that a publish of this draft would pin: those declared whose entity can be used, then the closure in order of discovery. */
export function membersOf(draft: Draft): SnapshotMember[] {
  const declared = draft.declared.flatMap((decl) => {
    const entity = draft.entities.get(decl.entityId);
    return entity === undefined ? [] : [{ decl, entity }];
  });
  const members = declared.map(({ decl, entity }, position) => ({
    ...pinned(entity, position),
    slug: decl.slug,
    origin: 'declared' as const,
    required: decl.required ?? false,
    defaultEnabled: decl.defaultEnabled ?? false,
    forkOnInstall: decl.forkOnInstall ?? false,
    dependsOn: decl.dependsOn ?? [],
    formerSlugs: formerSlugs(draft, decl),
  }));
  return [...members, ...closureOf(draft, members)];
}

/** A rename adds to the names that the member had before; keeping slug and entity keeps them: with another entity it is a new member. */
function formerSlugs(draft: Draft, { slug, entityId, renamedFrom }: MemberDecl): readonly string[] {
  const before = draft.formerSlugs.get(slug);
  const own = before?.entityId === entityId ? before.formerSlugs : [];
  if (renamedFrom === undefined) return own;
  const earlier = draft.formerSlugs.get(renamedFrom)?.formerSlugs ?? [];
  return [...new Set([renamedFrom, ...earlier, ...own])].filter((each) => each !== slug);
}

function pinned(entity: SourceEntity, position: number) {
  return {
    position,
    kind: entity.kind,
    entityId: entity.id,
    entityVersionId: entity.versionId,
    entitySlug: entity.slug,
    name: entity.name,
    description: entity.description,
    digest: entity.digest,
    refs: entity.refs,
    variables: entity.variables,
  };
}

/** The schemas that the members reach, breadth first. */
function closureOf(draft: Draft, declared: readonly SnapshotMember[]): SnapshotMember[] {
  const known = new Set(draft.declared.map((decl) => decl.entityId));
  const slugs = new Set(draft.declared.map((decl) => decl.slug));
  const kept = keptSlugs(draft, slugs);
  const closure: SnapshotMember[] = [];
  const queue: Pick<SnapshotMember, 'refs'>[] = [...declared];
  for (const { refs } of queue) {
    for (const id of refs) {
      const entity = draft.entities.get(id);
      if (entity === undefined || known.has(id) || entity.deleted) continue;
      known.add(id);
      const slug = kept.get(id) ?? freeSlug(entity.slug, slugs);
      const member = { ...pinned(entity, declared.length + closure.length), ...CLOSURE, slug };
      closure.push(member);
      queue.push(member);
    }
  }
  return closure;
}

/** The slugs of closure schemas seen before, but for those that a declared member has taken. Reserved even while the schema is out of use. */
function keptSlugs(draft: Draft, slugs: Set<string>): ReadonlyMap<string, string> {
  const kept = [...draft.closureSlugs].filter(([, slug]) => !slugs.has(slug));
  for (const [, slug] of kept) slugs.add(slug);
  return new Map(kept);
}

const CLOSURE = {
  origin: 'schema_closure' as const,
  required: false,
  defaultEnabled: false,
  forkOnInstall: false,
  dependsOn: [],
  formerSlugs: [],
};

const SLUG_LENGTH = 64;

/** `wanted`, or `wanted-2`, `wanted-3` … when taken; cut to the longest slug. Adds the answer to `taken`. */
export function freeSlug(wanted: string, taken: Set<string>): string {
  let slug = wanted;
  for (let number = 2; taken.has(slug); number++) {
    const suffix = `-${number}`;
    slug = wanted.slice(0, SLUG_LENGTH - suffix.length).replace(/-$/, '') + suffix;
  }
  taken.add(slug);
  return slug;
}
