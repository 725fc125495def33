import sql from 'sql-template-tag';
import type { ReadCtx } from '../../context.ts';
import { Problem } from '../../lib/errors.ts';
import { refuseClaimByPolicy } from '../install/policy.ts';
import type { Bundle } from './schema.ts';
import type { Signer } from './signer.ts';
import { loadPublicKey } from './signing-key.ts';

/** Whatever a bundle says, nobody here has vouched for its publisher further than this. */
const TRUST_TIER = 'verified_publisher';
/** Stands for the publisher where nobody vouches for who says so. No handle has this form. */
const UNKNOWN = '(unknown signer)';

/**
 * Refuses what the workspace would not let in by an install. What it published itself comes back freely. Of a bundle whose signer nobody
 * vouches for, neither publisher nor date counts: whoever made it wrote them.
 */
export async function refuseImportByPolicy(ctx: ReadCtx, workspaceId: string, bundle: Bundle, signer: Signer): Promise<void> {
  const { publisher, slug } = bundle.integration;
  if (signer.trusted && publisher === (await handleOf(ctx, workspaceId))) return;
  await refuseClaimByPolicy(ctx, workspaceId, {
    publisher: signer.trusted ? publisher : UNKNOWN,
    slug,
    version: bundle.content.version,
    trustTier: TRUST_TIER,
    publishedAt: signer.trusted ? new Date(bundle.publishedAt) : ctx.now,
  });
}

/** This server's own signature proves which workspace here published the version. While that is suspended, nothing of it comes in. */
export async function refuseSuspendedPublisher(ctx: ReadCtx, workspaceId: string, { signature, integration }: Bundle): Promise<void> {
  if (signature.publicKey !== (await loadPublicKey(ctx.db))) return;
  const suspended = await ctx.db.maybe(sql`
    select 1 from workspaces where handle = ${integration.publisher} and id <> ${workspaceId} and suspended_at is not null`);
  if (suspended !== null)
    throw new Problem('publisher_suspended', `The workspace ${integration.publisher}, which published this version, is suspended.`);
}

async function handleOf(ctx: ReadCtx, workspaceId: string): Promise<string> {
  return (await ctx.db.one<{ handle: string }>(sql`select handle from workspaces where id = ${workspaceId}`)).handle;
}
