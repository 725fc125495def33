import sql from 'sql-template-tag';
import type { Static } from 'typebox';
import type { WriteCtx } from '../../context.ts';
import { assign } from '../../db/assign.ts';
import { badBody, Problem } from '../../lib/errors.ts';
import { newId, PREFIX } from '../../lib/ids.ts';
import { must } from '../../lib/must.ts';
import { faultsOf } from '../../lib/shape-faults.ts';
import { type Reply, SUCCESS, shown, type Target } from '../../route.ts';
import { record } from '../audit/record.ts';
import { tierOf } from '../workspace/retention.ts';
import { userOf } from '../workspace/workspaces.ts';
import { authStateResource } from './resource.ts';
import { type AuthStateCreate, type AuthStateUpdate, SECRETS } from './schema.ts';
import { sealSecret } from './vault.ts';

type Type = keyof typeof SECRETS;

export async function createAuthState(ctx: WriteCtx, { body }: { body: Static<typeof AuthStateCreate> }): Promise<Reply> {
  refuseBadSecret(body.type, body.secret);
  const id = newId(PREFIX.authState);
  const { dataKeyId, sealed } = await sealSecret(ctx, { workspaceId: body.workspaceId, id }, body.secret);
  await ctx.db.run(sql`
    insert into auth_states (id, workspace_id, name, type, scopes, data_key_id, sealed_secret, expires_at, created_by, created_at, updated_at)
    values (${id}, ${body.workspaceId}, ${body.name}, ${body.type}, ${body.scopes ?? []}, ${dataKeyId}, ${sealed},
      ${body.expiresAt ?? null}, ${userOf(ctx)}, ${ctx.now}, ${ctx.now})`);
  await record(ctx, { type: 'auth_state.created', workspaceId: body.workspaceId, subjectId: id, data: { type: body.type } });
  return shown(ctx, authStateResource, id, 'created');
}

export async function updateAuthState(
  ctx: WriteCtx,
  { target, body }: { target: Target; body: Static<typeof AuthStateUpdate> },
): Promise<Reply> {
  const type = await lockAuthState(ctx, target.id);
  const resealed = body.secret && (await reseal(ctx, target, type, body.secret));
  await ctx.db.run(sql`
    update auth_states set ${assign({
      name: body.name,
      scopes: body.scopes,
      expires_at: body.expiresAt,
      status: body.status,
      data_key_id: resealed?.dataKeyId,
      sealed_secret: resealed?.sealed,
      updated_at: ctx.now,
    })} where id = ${target.id}`);
  const data = { changed: Object.keys(body) };
  await record(ctx, { type: 'auth_state.updated', workspaceId: target.workspaceId, subjectId: target.id, data });
  return shown(ctx, authStateResource, target.id);
}

/** Soft-deletes the row and forgets the secret at once. Installs that use it show `needs_auth`. */
export async function deleteAuthState(ctx: WriteCtx, { target }: { target: Target }): Promise<Reply> {
  await lockAuthState(ctx, target.id);
  await ctx.db.run(sql`
    update auth_states set deleted_at = ${ctx.now}, updated_at = ${ctx.now}, sealed_secret = '',
      retention_tier = ${tierOf(sql`auth_states.workspace_id`)}
    where id = ${target.id}`);
  await record(ctx, { type: 'auth_state.deleted', workspaceId: target.workspaceId, subjectId: target.id });
  return SUCCESS;
}

async function reseal(ctx: WriteCtx, target: Target, type: Type, secret: Record<string, string>) {
  refuseBadSecret(type, secret);
  return sealSecret(ctx, { workspaceId: must(target.workspaceId, 'auth states have a workspace'), id: target.id }, secret);
}

async function lockAuthState(ctx: WriteCtx, id: string): Promise<Type> {
  const row = await ctx.db.maybe<{ type: Type }>(sql`select type from auth_states where id = ${id} and deleted_at is null for update`);
  if (row === null) throw new Problem('not_found', `The auth state ${id} is deleted.`);
  return row.type;
}

/** The faults name fields, never values. */
function refuseBadSecret(type: Type, secret: Record<string, string>): void {
  const faults = faultsOf(SECRETS[type], secret, '/secret');
  if (faults.length > 0) throw new Problem('invalid_body', `The secret is not of the form that the type ${type} has.`, { faults });
  if (Object.values(secret).some((value) => value.trim() === '')) throw badBody('/secret', 'has a blank value');
}
