import sql from 'sql-template-tag';
import type { Static } from 'typebox';
import type { ReadCtx, WriteCtx } from '../../context.ts';
import { Problem } from '../../lib/errors.ts';
import { must } from '../../lib/must.ts';
import { type Reply, SUCCESS, shown, type Target } from '../../route.ts';
import { record } from '../audit/record.ts';
import { memberResource } from './resource.ts';
import type { Detach, MemberUpdate } from './schema.ts';
import { lockInstallRow, refuseDeletedInstall } from './state/lock.ts';

interface MemberRow {
  readonly id: string;
  readonly workspaceId: string;
  readonly slug: string;
  readonly entityId: string;
  readonly installId: string;
  readonly isClone: boolean;
  readonly detached: boolean;
  readonly deleted: boolean;
}

/** Marks a clone to be skipped by upgrades, or takes that back: the next upgrade then re-applies its definition. Doing it twice changes nothing. */
export async function detachMember(ctx: WriteCtx, { target, body }: { target: Target; body: Static<typeof Detach> }): Promise<Reply> {
  const member = await lockActiveMember(ctx, target.id);
  refuseReference(member, 'detached');
  if (member.detached !== body.detached) await setDetached(ctx, target, member, body.detached);
  return SUCCESS;
}

/** Enables or disables; doing it twice changes nothing. */
export async function updateMember(ctx: WriteCtx, { target, body }: { target: Target; body: Static<typeof MemberUpdate> }): Promise<Reply> {
  const member = await lockActiveMember(ctx, target.id);
  const { enabled } = body;
  const changed = await ctx.db.run(
    sql`update integration_members set enabled = ${enabled} where id = ${member.id} and enabled <> ${enabled}`,
  );
  const type = enabled ? 'integration_member.enabled' : 'integration_member.disabled';
  if (changed > 0) await record(ctx, { type, workspaceId: target.workspaceId, subjectId: member.id });
  return shown(ctx, memberResource, member.id);
}

/** Shares a lock on the install, so that upgrades wait and other members' changes don't. */
export async function lockInstallOfMember(ctx: WriteCtx, id: string): Promise<void> {
  const { installId } = await loadMember(ctx, id);
  refuseDeletedInstall(await lockInstallRow(ctx, installId, 'share'));
}

export async function lockActiveMember(ctx: WriteCtx, id: string): Promise<MemberRow> {
  await lockInstallOfMember(ctx, id);
  const member = await loadMember(ctx, id);
  refuseDeletedMember(member);
  return member;
}

export function refuseDeletedMember({ id, deleted }: Pick<MemberRow, 'id' | 'deleted'>): void {
  if (deleted) throw new Problem('member_deleted', `The member ${id} was removed from its install.`);
}

export function refuseReference({ id, entityId, isClone }: MemberRow, done: string): void {
  if (!isClone) throw new Problem('not_a_clone', `The member ${id} references ${entityId}; only a clone can be ${done}.`);
}

export const loadMember = async (ctx: ReadCtx, id: string): Promise<MemberRow> =>
  must(
    await ctx.db.maybe<MemberRow>(sql`
      select id, workspace_id as "workspaceId", source_member_slug as slug, entity_id as "entityId", integration_install_id as "installId", is_clone as "isClone", detached,
        deleted_at is not null as deleted
      from integration_members where id = ${id}`),
    'the door found the member',
  );

async function setDetached(ctx: WriteCtx, target: Target, member: MemberRow, detached: boolean): Promise<void> {
  await ctx.db.run(sql`update integration_members set detached = ${detached} where id = ${member.id}`);
  const type = detached ? 'integration_member.detached' : 'integration_member.attached';
  const data = { entityId: member.entityId, ...(detached && { reason: 'requested' }) };
  await record(ctx, { type, workspaceId: target.workspaceId, subjectId: member.id, data });
}
