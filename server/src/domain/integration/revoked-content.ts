/** What was revoked is known by its content, so that it does not come back under another number or name. */
import sql, { raw } from 'sql-template-tag';
import { contentRevoked } from '../../access/takeable.ts';
import type { ReadCtx, WriteCtx } from '../../context.ts';
import { Problem } from '../../lib/errors.ts';
import { must } from '../../lib/must.ts';
import { contentDigest } from './content-digest.ts';
import type { DraftDocuments } from './manifest.ts';
import { loadSnapshot, type SnapshotMember } from './snapshot.ts';

/** Refuses to publish what was revoked; whether it may be published is then settled until the transaction ends. The content's digest. */
export async function admitContent(ctx: WriteCtx, documents: DraftDocuments, members: readonly SnapshotMember[]): Promise<Buffer> {
  const digest = await contentDigest(ctx.db, documents, members);
  await lockContent(ctx, digest);
  await refuseRevoked(ctx, digest);
  return digest;
}

/** Refuses what publish would refuse for its content, without a lock. While nothing is revoked, nothing is read. */
export async function refuseRevokedDraft(ctx: ReadCtx, documents: DraftDocuments, members: readonly SnapshotMember[]): Promise<void> {
  if ((await ctx.db.maybe(sql`select 1 from revoked_contents limit 1`)) !== null)
    await refuseRevoked(ctx, await contentDigest(ctx.db, documents, members));
}

async function refuseRevoked(ctx: ReadCtx, digest: Buffer): Promise<void> {
  const found = await ctx.db.maybe<{ versionId: string }>(
    sql`select integration_version_id as "versionId" from revoked_contents where digest = ${digest}`,
  );
  if (found === null) return;
  const detail = `This content was revoked by a platform admin, as the version ${found.versionId}; change what was wrong with it.`;
  throw new Problem('content_revoked', detail, { facts: { revokedVersionId: found.versionId } });
}

export const rememberContent = (ctx: WriteCtx, versionId: string, digest: Buffer): Promise<number> =>
  ctx.db.run(sql`insert into version_contents (integration_version_id, digest) values (${versionId}, ${digest}) on conflict do nothing`);

/** A publish of the content and its revocation wait for one another; nothing else does. */
const lockContent = (ctx: WriteCtx, digest: Buffer): Promise<number> =>
  ctx.db.run(sql`select pg_advisory_xact_lock(${digest.readBigInt64BE().toString()}::bigint)`);

export const isContentRevoked = async (ctx: ReadCtx, versionId: string): Promise<boolean> =>
  (await ctx.db.maybe(sql`select 1 from integration_versions v where v.id = ${versionId} and ${contentRevoked(raw('v'))}`)) !== null;

/** Whether a version of the integration was revoked, by itself or by its content, and was not let back. */
export const hasRevoked = async (ctx: ReadCtx, integrationId: string): Promise<boolean> =>
  (await ctx.db.maybe(sql`
    select 1 from integration_versions v
    where v.integration_id = ${integrationId} and (v.revoked_at is not null or ${contentRevoked(raw('v'))}) limit 1`)) !== null;

/** A version that has the same content as one that is revoked or let back, that one included. */
export interface Copy {
  readonly versionId: string;
  readonly integrationId: string;
  readonly workspaceId: string;
}

/** Locks the integrations of all versions with this one's content, in the order of their ids, so that none is published meanwhile. */
export async function lockCopies(ctx: WriteCtx, versionId: string): Promise<readonly Copy[]> {
  const digest = await learnContent(ctx, versionId);
  const found = await copiesOf(ctx, digest);
  await ctx.db.run(sql`
    select 1 from integrations where id = any(${found.map(({ integrationId }) => integrationId)}::text[]) order by id for no key update`);
  await lockContent(ctx, digest);
  return copiesOf(ctx, digest);
}

const copiesOf = (ctx: ReadCtx, digest: Buffer): Promise<Copy[]> =>
  ctx.db.many<Copy>(sql`
    select v.id as "versionId", v.integration_id as "integrationId", v.workspace_id as "workspaceId"
    from version_contents c join integration_versions v on v.id = c.integration_version_id where c.digest = ${digest} order by v.id`);

/** The digest of the version's content, and of every version that looks like it, where they are from before contents were remembered. */
async function learnContent(ctx: WriteCtx, versionId: string): Promise<Buffer> {
  const unknown = await ctx.db.many<{ id: string; integrationId: string }>(sql`
    with shape(slugs) as (select array_agg(slug order by slug) from integration_version_members where integration_version_id = ${versionId})
    select v.id, v.integration_id as "integrationId" from integration_versions v, shape
    where not exists (select 1 from version_contents c where c.integration_version_id = v.id)
      and (v.id = ${versionId} or shape.slugs = (
        select array_agg(m.slug order by m.slug) from integration_version_members m where m.integration_version_id = v.id))`);
  for (const { id, integrationId } of unknown) {
    const { members, ...documents } = must(await loadSnapshot(ctx.db, integrationId, id), 'versions are of their integration');
    await rememberContent(ctx, id, await contentDigest(ctx.db, documents, members));
  }
  const { digest } = await ctx.db.one<{ digest: Buffer }>(
    sql`select digest from version_contents where integration_version_id = ${versionId}`,
  );
  return digest;
}

export const revokeContent = (ctx: WriteCtx, versionId: string): Promise<number> =>
  ctx.db.run(sql`
    insert into revoked_contents (digest, integration_version_id, revoked_at)
    select digest, integration_version_id, ${ctx.now} from version_contents where integration_version_id = ${versionId}
    on conflict do nothing`);

/** The content may be published and taken again, by whichever version it was revoked. */
export const letContentBack = (ctx: WriteCtx, versionId: string): Promise<number> =>
  ctx.db.run(sql`
    delete from revoked_contents where digest = (select digest from version_contents where integration_version_id = ${versionId})`);
