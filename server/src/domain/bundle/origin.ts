import sql from 'sql-template-tag';
import type { Static } from 'typebox';
import type { ReadCtx, WriteCtx } from '../../context.ts';
import { type Reply, reply, type Target } from '../../route.ts';
import { record } from '../audit/record.ts';
import { userOf } from '../workspace/workspaces.ts';
import type { Bundle, VersionOrigin } from './schema.ts';
import { type Signer, signerOf } from './signer.ts';

type Origin = NonNullable<Static<typeof VersionOrigin>['importedFrom']>;

/** What was imported: the version here, and whether its draft moved along. */
interface Imported {
  readonly workspaceId: string;
  readonly versionId: string;
  readonly draftKept: boolean;
}

/** Keeps for good where the version came from. */
export async function recordOrigin(ctx: WriteCtx, imported: Imported, bundle: Bundle, signer: Signer): Promise<void> {
  const { workspaceId, versionId, draftKept } = imported;
  const { publisher, slug } = bundle.integration;
  await ctx.db.run(sql`
    insert into bundle_imports (integration_version_id, workspace_id, digest, publisher, slug, public_key, imported_by, imported_at)
    values (${versionId}, ${workspaceId}, ${Buffer.from(bundle.digest, 'hex')}, ${publisher}, ${slug}, ${bundle.signature.publicKey},
      ${userOf(ctx)}, ${ctx.now})`);
  const data = { digest: bundle.digest, publisher, slug, fingerprint: signer.fingerprint, trusted: signer.trusted, draftKept };
  await record(ctx, { type: 'bundle.imported', workspaceId, subjectId: versionId, data });
}

/** Where the version came from, with what is known of its signer now; null when it was published here. */
export async function loadOrigin(ctx: ReadCtx, versionId: string): Promise<Origin | null> {
  const row = await ctx.db.maybe<Omit<Origin, 'signer'> & { publicKey: string }>(sql`
    select encode(digest, 'hex') as digest, publisher, slug, public_key as "publicKey", imported_by as "importedBy",
      iso(imported_at) as "importedAt"
    from bundle_imports where integration_version_id = ${versionId}`);
  if (row === null) return null;
  const { publicKey, ...origin } = row;
  return { ...origin, signer: await signerOf(ctx.db, publicKey) };
}

export const getVersionOrigin = async (ctx: ReadCtx, { target }: { target: Target }): Promise<Reply> =>
  reply({ importedFrom: await loadOrigin(ctx, target.id) });
