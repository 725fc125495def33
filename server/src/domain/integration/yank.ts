import sql from 'sql-template-tag';
import type { Static } from 'typebox';
import { isPlatformAdmin } from '../../access/authorize.ts';
import type { WriteCtx } from '../../context.ts';
import { Problem } from '../../lib/errors.ts';
import { type Reply, shown, type Target } from '../../route.ts';
import { record } from '../audit/record.ts';
import { moveCurrent } from './current.ts';
import { type LockedVersion, lockVersion, type VersionRow } from './lock-version.ts';
import { versionResource } from './resource.ts';
import { type Copy, letContentBack, lockCopies, revokeContent } from './revoked-content.ts';
import type { Revoke, Yank } from './schema.ts';

/** No new installs and no upgrades to it; existing installs keep working. Yanking it again changes nothing. */
export async function yankVersion(ctx: WriteCtx, { target, body }: { target: Target; body: Static<typeof Yank> }): Promise<Reply> {
  const locked = await lockVersion(ctx, target.id);
  if (!locked.version.yanked) {
    await ctx.db.run(sql`
      update integration_versions set yanked_at = ${ctx.now}, yank_reason = ${body.reason ?? null} where id = ${target.id}`);
    await settle(ctx, locked, 'yanked', { reason: body.reason ?? null });
  }
  return shown(ctx, versionResource, target.id);
}

/**
 * For malice: yanks it, and disables what is installed of it until its workspace moves off. That is derived, no install is written. Nobody
 * may publish or take its content any more, whatever it is called.
 */
export async function revokeVersion(ctx: WriteCtx, { target, body }: { target: Target; body: Static<typeof Revoke> }): Promise<Reply> {
  const copies = await lockCopies(ctx, target.id);
  const locked = await lockVersion(ctx, target.id);
  if (!locked.version.revoked) {
    await revokeContent(ctx, target.id);
    await ctx.db.run(sql`
      update integration_versions set revoked_at = ${ctx.now}, yanked_at = coalesce(yanked_at, ${ctx.now}), yank_reason = ${body.reason}
      where id = ${target.id}`);
    await settle(ctx, locked, 'revoked', { reason: body.reason });
    await settleCopies(ctx, locked, copies, 'revoked');
  }
  return shown(ctx, versionResource, target.id);
}

/** Offers it again. What a platform admin revoked, only a platform admin lets back. */
export async function unyankVersion(ctx: WriteCtx, { target }: { target: Target }): Promise<Reply> {
  const locked = await lockVersion(ctx, target.id);
  refuseRevoked(ctx, locked.version);
  const copies = locked.version.revoked ? await lockCopies(ctx, target.id) : [];
  if (locked.version.yanked) {
    if (locked.version.revoked) await letContentBack(ctx, target.id);
    await ctx.db.run(sql`
      update integration_versions set yanked_at = null, yank_reason = null, revoked_at = null where id = ${target.id}`);
    await settle(ctx, locked, 'unyanked', {});
    await settleCopies(ctx, locked, copies, 'let_back');
  }
  return shown(ctx, versionResource, target.id);
}

function refuseRevoked(ctx: WriteCtx, version: VersionRow): void {
  if (version.revoked && !isPlatformAdmin(ctx.actor))
    throw new Problem('forbidden', `Version ${version.version} was revoked by a platform admin; only a platform admin lets it back.`);
}

/** What is current follows what is offered. */
async function settle(ctx: WriteCtx, { integration, version }: LockedVersion, what: string, more: object): Promise<void> {
  await moveCurrent(ctx, integration.id);
  const data = { integrationId: integration.id, version: version.version, ...more };
  await record(ctx, { type: `integration.version_${what}`, workspaceId: integration.workspaceId, subjectId: version.id, data });
}

/** The same content is offered elsewhere no more, or again; its publishers are told. */
export async function settleCopies(
  ctx: WriteCtx,
  { version }: LockedVersion,
  copies: readonly Copy[],
  what: 'revoked' | 'let_back',
): Promise<void> {
  for (const { versionId, integrationId, workspaceId } of copies) {
    if (versionId === version.id) continue;
    await moveCurrent(ctx, integrationId);
    const data = { integrationId, revokedVersionId: version.id };
    await record(ctx, { type: `integration.version_content_${what}`, workspaceId, subjectId: versionId, data });
  }
}
