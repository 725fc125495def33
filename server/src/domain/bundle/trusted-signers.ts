import sql from 'sql-template-tag';
import type { Static } from 'typebox';
import type { WriteCtx } from '../../context.ts';
import { fingerprintOf, isPublicKey } from '../../lib/ed25519.ts';
import { badBody, Problem } from '../../lib/errors.ts';
import { newId, PREFIX } from '../../lib/ids.ts';
import { type Reply, SUCCESS, shown, type Target } from '../../route.ts';
import { record } from '../audit/record.ts';
import { userOf } from '../workspace/workspaces.ts';
import { trustedSignerResource } from './resource.ts';
import type { TrustedSignerCreate } from './schema.ts';

export async function createTrustedSigner(ctx: WriteCtx, { body }: { body: Static<typeof TrustedSignerCreate> }): Promise<Reply> {
  const { name, publicKey } = body;
  if (!isPublicKey(publicKey))
    throw badBody('/publicKey', 'is not an Ed25519 public key as `GET /api/signing-key` shows it: its SPKI in base64, on one line');
  await refuseTrusted(ctx, publicKey);
  const id = newId(PREFIX.trustedSigner);
  await ctx.db.run(sql`
    insert into trusted_signers (id, name, public_key, created_by, created_at)
    values (${id}, ${name}, ${publicKey}, ${userOf(ctx)}, ${ctx.now})`);
  const data = { name, fingerprint: fingerprintOf(publicKey) };
  await record(ctx, { type: 'trusted_signer.created', workspaceId: null, subjectId: id, data });
  return shown(ctx, trustedSignerResource, id, 'created');
}

async function refuseTrusted(ctx: WriteCtx, publicKey: string): Promise<void> {
  const found = await ctx.db.maybe<{ id: string; name: string }>(sql`select id, name from trusted_signers where public_key = ${publicKey}`);
  if (found !== null)
    throw new Problem('already_trusted', `The key is trusted already, as ${found.name} (${found.id}).`, {
      facts: { trustedSignerId: found.id },
    });
}

/** What was imported under its signature stays; new bundles of it are unknown again. */
export async function deleteTrustedSigner(ctx: WriteCtx, { target }: { target: Target }): Promise<Reply> {
  const found = await ctx.db.maybe<{ name: string; publicKey: string }>(
    sql`delete from trusted_signers where id = ${target.id} returning name, public_key as "publicKey"`,
  );
  if (found === null) throw new Problem('not_found', `The trusted signer ${target.id} was deleted meanwhile.`);
  const data = { name: found.name, fingerprint: fingerprintOf(found.publicKey) };
  await record(ctx, { type: 'trusted_signer.deleted', workspaceId: null, subjectId: target.id, data });
  return SUCCESS;
}
