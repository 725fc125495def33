import sql from 'sql-template-tag';
import type { Static } from 'typebox';
import { hasRole } from '../../access/authorize.ts';
import type { Role, WriteCtx } from '../../context.ts';
import { badBody, Problem } from '../../lib/errors.ts';
import { newId, PREFIX } from '../../lib/ids.ts';
import { digestSecret, newSecret } from '../../lib/secret.ts';
import { type Reply, SUCCESS, shown, type Target } from '../../route.ts';
import { record } from '../audit/record.ts';
import { userOf } from '../workspace/workspaces.ts';
import { apiKeyResource } from './resource.ts';
import type { ApiKeyCreate } from './schema.ts';

export async function createApiKey(ctx: WriteCtx, { body }: { body: Static<typeof ApiKeyCreate> }): Promise<Reply> {
  const role = roleOf(ctx, body);
  refusePast(body.expiresAt, ctx.now);
  const origins = originsOf(body);
  const id = newId(PREFIX.apiKey);
  const secret = newSecret(body.kind === 'secret' ? 'sec' : 'pub');
  await ctx.db.run(sql`
    insert into api_keys (id, workspace_id, name, kind, role, secret_digest, origins, created_by, created_at, expires_at)
    values (${id}, ${body.workspaceId}, ${body.name}, ${body.kind}, ${role}, ${digestSecret(secret)}, ${origins}, ${userOf(ctx)}, ${ctx.now},
      ${body.expiresAt ?? null})`);
  await record(ctx, { type: 'api_key.created', workspaceId: body.workspaceId, subjectId: id, data: { kind: body.kind, role } });
  const { json } = await shown(ctx, apiKeyResource, id);
  const withSecret = (text: string) => `${json.slice(0, -1)},"secret":${text}}`;
  return { json: withSecret(JSON.stringify(secret)), replay: withSecret('null'), id };
}

/** A publishable key has the least role, whatever it is used with; a secret key no more than who mints it. */
function roleOf(ctx: WriteCtx, body: Static<typeof ApiKeyCreate>): Role {
  if (body.kind === 'publishable') {
    if (body.role !== undefined && body.role !== 'viewer') throw badBody('/role', 'must be viewer or absent for a publishable key');
    return 'viewer';
  }
  if (body.role === undefined) throw badBody('/role', 'is required for a secret key');
  if (!hasRole(ctx.actor, body.workspaceId, body.role)) throw new Problem('forbidden', `You cannot mint a key with a role above your own.`);
  return body.role;
}

function originsOf({ kind, origins }: Static<typeof ApiKeyCreate>): readonly string[] | null {
  if (!origins) return null;
  if (kind === 'secret') throw badBody('/origins', 'must be absent for a secret key, which is not for pages');
  return [...new Set(origins)];
}

function refusePast(expiresAt: string | null | undefined, now: Date): void {
  if (expiresAt && new Date(expiresAt) <= now) throw badBody('/expiresAt', 'must be in the future');
}

/** Revokes; the row stays for the audit trail. Revoking twice changes nothing. */
export async function deleteApiKey(ctx: WriteCtx, { target }: { target: Target }): Promise<Reply> {
  await refuseBootstrap(ctx, target.id);
  const changed = await ctx.db.run(sql`update api_keys set revoked_at = ${ctx.now} where id = ${target.id} and revoked_at is null`);
  if (changed > 0) await record(ctx, { type: 'api_key.revoked', workspaceId: target.workspaceId, subjectId: target.id });
  return SUCCESS;
}

/** Without it nobody could speak for the platform: it is replaced, by whoever runs the server, never just revoked. */
async function refuseBootstrap(ctx: WriteCtx, id: string): Promise<void> {
  const found = await ctx.db.maybe(sql`select 1 from api_keys where id = ${id} and kind = 'bootstrap' and revoked_at is null for update`);
  if (found !== null)
    throw new Problem(
      'bootstrap_key',
      `${id} is the bootstrap key. Replace it instead: \`npm run admin -- reset-key\`, or another MORTISE_BOOTSTRAP_KEY at the next start.`,
    );
}
