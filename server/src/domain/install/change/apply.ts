import sql, { type Sql } from 'sql-template-tag';
import type { WriteCtx } from '../../../context.ts';
import { newId, PREFIX } from '../../../lib/ids.ts';
import { versionPrefix } from '../../../lib/kinds.ts';
import { must } from '../../../lib/must.ts';
import { holdConflicts, loadConflicts } from '../../entity/conflicts.ts';
import { adoptDefinitions } from '../../entity/definitions.ts';
import { followEdits } from '../../entity/follow-edit.ts';
import { tierOf } from '../../workspace/retention.ts';
import { userOf } from '../../workspace/workspaces.ts';
import type { InstallRow } from '../state/lock.ts';
import { allotSlugs } from './clone-slugs.ts';
import type { Placed, Plan, Update } from './plan.ts';

/** The install whose rows change, and the version that it will pin. */
export interface Place {
  readonly installId: string;
  readonly workspaceId: string;
  readonly solutionId: string;
  readonly versionId: string;
  /** Why members go: the version has none of them any more (the default), or the workspace dropped them. */
  readonly removedAs?: 'removed' | 'dropped';
}

/** Where the changes of an install go; `versionId`: what it will pin, by default what it pins. */
export const placeOf = (install: InstallRow, versionId = install.versionId): Place => ({
  installId: install.id,
  workspaceId: install.workspaceId,
  solutionId: install.solutionId,
  versionId,
});

/** Turns the plan's changes into rows: a fixed number of statements, however many members there are. */
export async function apply(ctx: WriteCtx, place: Place, plan: Plan): Promise<void> {
  const placed = [...plan.inserts, ...plan.updates];
  await adoptDefinitions(
    ctx.db,
    placed.flatMap(({ digest, applied }) => [digest, applied].filter((each) => each !== null)),
  );
  await createClones(ctx, place, placed.filter(writes('create')));
  await restoreClones(
    ctx,
    place.workspaceId,
    plan.updates.filter(writes('restore')).map(({ entityId }) => entityId),
  );
  await rewriteClones(
    ctx,
    plan.updates.filter((update) => update.write === 'rewrite' || changedWhileDeleted(update)),
  );
  await removeMembers(ctx, plan, place.removedAs ?? 'removed');
  await reviveMembers(ctx, place, plan.revived);
  await updateMembers(ctx, place, plan);
  await insertMembers(ctx, place, plan.inserts);
  await keepOpen(ctx, place, plan.updates);
  await deleteClones(ctx, [
    ...plan.removals.flatMap(({ live, keep }) => (live.isClone && !keep ? [live.entityId] : [])),
    ...plan.droppedClones,
  ]);
}

const writes =
  (kind: Placed['write']) =>
  (placed: Placed): boolean =>
    placed.write === kind;

export const changedWhileDeleted = ({ write, live, digest }: Update): boolean =>
  write === 'restore' && !live.cloneDigest.equals(must(digest, 'clones have a definition'));

/** Rows for `from json_to_recordset(…)`: one parameter, whatever their number. */
const recordset = (rows: readonly object[]): Sql => sql`json_to_recordset(${JSON.stringify(rows)}::json)`;
const hex = (digest: Buffer | null): string | null => digest && `\\x${digest.toString('hex')}`;

async function createClones(ctx: WriteCtx, place: Place, placed: readonly Placed[]): Promise<void> {
  if (placed.length === 0) return;
  const slugs = await allotSlugs(
    ctx.db,
    place.workspaceId,
    placed.map(({ member }) => ({ kind: member.kind, slug: member.entitySlug })),
  );
  const rows = placed.map(({ member, entityId, digest }, index) => ({
    id: entityId,
    kind: member.kind,
    slug: slugs[index],
    name: member.name,
    description: member.description,
    digest: hex(digest),
    version_id: versionIdFor(ctx, entityId),
  }));
  await ctx.db.run(sql`
    with r as (
      select * from ${recordset(rows)} as r(id id, kind text, slug text, name text, description text, digest bytea, version_id id)
    ), e as (
      insert into entities (id, workspace_id, kind, slug, name, description, definition_digest, current_version_id, version_number,
        created_by, created_at, updated_at)
      select id, ${place.workspaceId}, kind, slug, name, description, digest, version_id, 1, ${userOf(ctx)}, ${ctx.now}, ${ctx.now} from r
    )
    insert into entity_versions (id, workspace_id, entity_id, number, definition_digest, created_by, created_at)
    select version_id, ${place.workspaceId}, id, 1, digest, ${userOf(ctx)}, ${ctx.now} from r`);
}

const versionIdFor = (ctx: WriteCtx, entityId: string): string =>
  newId(versionPrefix(must(ctx.kinds.ofId(entityId), 'entity ids have a kind')));

/** Brings deleted clones back; one whose slug was taken meanwhile gets a suffix. */
export async function restoreClones(ctx: WriteCtx, workspaceId: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const clones = await ctx.db.many<{ id: string; kind: string; slug: string }>(
    sql`select id, kind, slug from entities where id = any(${[...ids]}::text[])`,
  );
  const slugs = await allotSlugs(ctx.db, workspaceId, clones);
  const rows = clones.map(({ id }, index) => ({ id, slug: slugs[index] }));
  await ctx.db.run(sql`
    update entities e set deleted_at = null, retention_tier = null, slug = r.slug, updated_at = ${ctx.now}
    from ${recordset(rows)} as r(id id, slug text) where e.id = r.id`);
}

/** Writes the new definition into the same entity, as its next version. */
export async function rewriteClones(ctx: WriteCtx, updates: readonly Pick<Update, 'entityId' | 'digest'>[]): Promise<void> {
  if (updates.length === 0) return;
  const rows = updates.map(({ entityId, digest }) => ({ id: entityId, digest: hex(digest), version_id: versionIdFor(ctx, entityId) }));
  await ctx.db.run(sql`
    with r as (
      select r.*, e.workspace_id, e.version_number + 1 as number
      from ${recordset(rows)} as r(id id, digest bytea, version_id id) join entities e on e.id = r.id
    ), v as (
      insert into entity_versions (id, workspace_id, entity_id, number, definition_digest, created_by, created_at)
      select version_id, workspace_id, id, number, digest, ${userOf(ctx)}, ${ctx.now} from r
    )
    update entities e set definition_digest = r.digest, current_version_id = r.version_id, version_number = r.number, updated_at = ${ctx.now}
    from r where e.id = r.id`);
}

async function insertMembers(ctx: WriteCtx, place: Place, placed: readonly Placed[]): Promise<void> {
  if (placed.length === 0) return;
  const rows = placed.map((each) => ({
    id: newId(PREFIX.member),
    solution_member_id: newId(PREFIX.solutionMember),
    ...memberColumns(each, place),
  }));
  await ctx.db.run(sql`
    with r as (
      select * from ${recordset(rows)} as r(id id, solution_member_id id, slug text, entity_id id, source_entity_id id, entity_version_id id,
        is_clone boolean, applied_digest bytea, source_version_id id, detached boolean, stale boolean)
    ), m as (
      insert into integration_members (id, workspace_id, integration_install_id, source_member_slug, entity_id, source_entity_id,
        entity_version_id, is_clone, applied_digest, source_version_id, detached, stale, added_by, added_at)
      select id, ${place.workspaceId}, ${place.installId}, slug, entity_id, source_entity_id, entity_version_id, is_clone, applied_digest,
        source_version_id, detached, stale, ${userOf(ctx)}, ${ctx.now}
      from r
    )
    insert into solution_members (id, workspace_id, solution_id, integration_member_id, entity_id, added_at)
    select solution_member_id, ${place.workspaceId}, ${place.solutionId}, id, entity_id, ${ctx.now} from r`);
}

const memberColumns = (placed: Placed, place: Place) => ({
  source_version_id: saidVersion(sourceVersionOf(placed, place), place),
  stale: placed.pinned?.stale ?? false,
  slug: placed.member.slug,
  entity_id: placed.entityId,
  source_entity_id: placed.member.entityId,
  entity_version_id: placed.member.entityVersionId,
  is_clone: placed.clone,
  applied_digest: hex(placed.applied),
  merge_base_digest: hex(placed.mergeBase),
  detached: placed.detached,
});

const sourceVersionOf = ({ pinned }: Placed, { versionId }: Place): string => pinned?.sourceVersionId ?? versionId;

/** What a member's row says of the version that it is made from: nothing where that is the install's. */
const saidVersion = (sourceVersionId: string, { versionId }: Place): string | null =>
  sourceVersionId === versionId ? null : sourceVersionId;

/** Renames members, changes those that take part, and holds the others to the version that they are of. */
async function updateMembers(ctx: WriteCtx, place: Place, { left, updates, revived }: Plan): Promise<void> {
  const nameless = new Set(revived);
  const renamed = [...left, ...updates].flatMap(({ live, member }) =>
    live && (live.slug !== member.slug || nameless.has(live.id)) ? [{ id: live.id, slug: member.slug }] : [],
  );
  const unchanged = updates.filter((update) => !isChanged(update));
  const sources = [
    ...unchanged.map((update) => ({ live: update.live, source: sourceVersionOf(update, place) })),
    ...left.flatMap(({ live }) => (live === null ? [] : [{ live, source: live.sourceVersionId }])),
  ].map(({ live, source }) => ({ live, said: saidVersion(source, place) }));
  await renameMembers(ctx, renamed);
  await changeMembers(ctx, place, updates.filter(isChanged));
  await writeVersions(
    ctx,
    sources.flatMap(({ live, said }) => (live.saidVersionId === said ? [] : [{ id: live.id, version_id: said }])),
  );
}

/** Two members that swap slugs would collide half-way: all step aside first. */
async function renameMembers(ctx: WriteCtx, renamed: readonly { id: string; slug: string }[]): Promise<void> {
  if (renamed.length === 0) return;
  await ctx.db.run(sql`update integration_members set source_member_slug = id where id = any(${renamed.map(({ id }) => id)}::text[])`);
  await ctx.db.run(sql`
    update integration_members m set source_member_slug = r.slug from ${recordset(renamed)} as r(id id, slug text) where m.id = r.id`);
}

async function changeMembers(ctx: WriteCtx, place: Place, updates: readonly Update[]): Promise<void> {
  if (updates.length === 0) return;
  const rows = updates.map((update) => ({ id: update.live.id, ...memberColumns(update, place) }));
  await ctx.db.run(sql`
    with r as (
      select * from ${recordset(rows)} as r(id id, entity_id id, source_entity_id id, entity_version_id id, is_clone boolean,
        applied_digest bytea, merge_base_digest bytea, detached boolean, source_version_id id, stale boolean)
    ), s as (
      update solution_members s set entity_id = r.entity_id from r where s.integration_member_id = r.id and s.entity_id <> r.entity_id
    )
    update integration_members m set entity_id = r.entity_id, source_entity_id = r.source_entity_id,
      entity_version_id = r.entity_version_id, source_version_id = r.source_version_id, is_clone = r.is_clone,
      applied_digest = r.applied_digest, merge_base_digest = r.merge_base_digest, detached = r.detached, stale = r.stale
    from r where m.id = r.id`);
}

/** Whether more of the member changes than the version that it is made from. */
function isChanged({ live, member, entityId, clone, applied, mergeBase, detached, pinned }: Update): boolean {
  return (
    live.stale !== (pinned?.stale ?? false) ||
    live.detached !== detached ||
    live.entityId !== entityId ||
    hex(live.mergeBase) !== hex(mergeBase) ||
    live.isClone !== clone ||
    live.entityVersionId !== member.entityVersionId ||
    (applied !== null && !live.appliedDigest?.equals(applied))
  );
}

/** Writes what is open at members that had or have conflicts. What a rollback won stays open while that stands. */
async function keepOpen(ctx: WriteCtx, { workspaceId, versionId }: Place, updates: readonly Update[]): Promise<void> {
  const concerned = updates.filter(
    ({ live, conflicts, mergeBase }) => live.openConflicts > 0 || conflicts.length > 0 || mergeBase !== null,
  );
  const before = await loadConflicts(
    ctx.db,
    concerned.map(({ live }) => live.id),
  );
  const wonAt = ({ live }: Update) => (before.get(live.id) ?? []).filter(({ kept }) => kept === 'theirs');
  await holdConflicts(
    ctx,
    concerned.map((each) => ({ memberId: each.live.id, workspaceId, versionId, conflicts: [...each.conflicts, ...wonAt(each)] })),
  );
  const unsure = concerned.filter((each) => wonAt(each).length > 0 || (each.pinned !== undefined && each.mergeBase !== null));
  await followEdits(
    ctx,
    unsure.map(({ entityId }) => entityId),
    versionId,
  );
}

/** Of members that nothing else changes for: usually of none, since what goes with its install says nothing of its version. */
async function writeVersions(ctx: WriteCtx, said: readonly { id: string; version_id: string | null }[]): Promise<void> {
  if (said.length === 0) return;
  await ctx.db.run(sql`
    update integration_members m set source_version_id = r.version_id from ${recordset(said)} as r(id id, version_id id) where m.id = r.id`);
}

/**
 * Brings removed members back, into the solution too. What they are is written by the update that follows, their slugs as well: until then
 * others may have them.
 */
async function reviveMembers(ctx: WriteCtx, place: Place, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const rows = ids.map((id) => ({ id, solution_member_id: newId(PREFIX.solutionMember) }));
  await ctx.db.run(sql`
    with r as (
      select * from ${recordset(rows)} as r(id id, solution_member_id id)
    ), m as (
      update integration_members m set deleted_at = null, retention_tier = null, removed_as = null, source_member_slug = m.id
      from r where m.id = r.id
      returning m.id, m.entity_id, r.solution_member_id
    )
    insert into solution_members (id, workspace_id, solution_id, integration_member_id, entity_id, added_at)
    select solution_member_id, ${place.workspaceId}, ${place.solutionId}, id, entity_id, ${ctx.now} from m`);
}

async function removeMembers(ctx: WriteCtx, { removals }: Plan, removedAs: string): Promise<void> {
  if (removals.length === 0) return;
  const rows = removals.map(({ live, keep }) => ({ id: live.id, removed_as: keep ? 'kept' : removedAs, version_id: live.sourceVersionId }));
  await ctx.db.run(sql`
    with r as (
      select * from ${recordset(rows)} as r(id id, removed_as text, version_id id)
    ), s as (
      delete from solution_members s using r where s.integration_member_id = r.id
    )
    update integration_members m set deleted_at = ${ctx.now}, removed_as = r.removed_as, source_version_id = r.version_id,
      retention_tier = ${tierOf(sql`m.workspace_id`)}
    from r where m.id = r.id`);
}

export async function deleteClones(ctx: WriteCtx, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await ctx.db.run(sql`
    update entities e set deleted_at = ${ctx.now}, updated_at = ${ctx.now},
      retention_tier = ${tierOf(sql`e.workspace_id`)}
    where e.id = any(${[...ids]}::text[]) and e.deleted_at is null`);
}
