import sql from 'sql-template-tag';
import type { Static } from 'typebox';
import type { WriteCtx } from '../../context.ts';
import { type Fault, Problem } from '../../lib/errors.ts';
import { must } from '../../lib/must.ts';
import { type Reply, shown } from '../../route.ts';
import { createIntegration } from '../integration/drafts.ts';
import { type IntegrationRow, lockIntegration, refuseDeleted } from '../integration/lock.ts';
import { type Published, publishedVersions, usedBy } from '../integration/publish.ts';
import { versionResource } from '../integration/resource.ts';
import { contentFaults } from './content-faults.ts';
import { followDraft, isDraftUntouched } from './follow-draft.ts';
import { loadOrigin, recordOrigin } from './origin.ts';
import { placeMembers } from './place-members.ts';
import { refuseImportByPolicy, refuseSuspendedPublisher } from './policy.ts';
import { publishContent } from './publish-content.ts';
import type { Bundle, BundleImport } from './schema.ts';
import { refuseUnknown, signerOf } from './signer.ts';
import { refuseAltered } from './verify.ts';
import { versionContentDigest } from './version-content.ts';

type Body = Static<typeof BundleImport>;

/** Publishes a bundle's version in the workspace: verify, refuse, place the members, publish by the rules of publishing, record. */
export async function importBundle(ctx: WriteCtx, { body }: { body: Body }): Promise<Reply> {
  const { bundle, workspaceId } = body;
  await refuseAltered(bundle);
  const signer = await signerOf(ctx.db, bundle.signature.publicKey);
  if (body.acceptUnknownSigner !== true) refuseUnknown(signer, bundle.signature.publicKey);
  await refuseSuspendedPublisher(ctx, workspaceId, bundle);
  await refuseImportByPolicy(ctx, workspaceId, bundle, signer);
  refuseFaults(contentFaults(bundle.content, ctx.kinds));
  const integration = await receive(ctx, body);
  const published = await publishedVersions(ctx, integration.id);
  await refusePublished(ctx, published, bundle);
  const follows = await isDraftUntouched(ctx, integration);
  const ids = await placeMembers(ctx, integration, bundle.content.members);
  const { versionId, draft } = await publishContent(ctx, integration, bundle.content, ids);
  const draftKept = !(follows && (await followDraft(ctx, draft, versionId)));
  await recordOrigin(ctx, { workspaceId, versionId, draftKept }, bundle, signer);
  return answer(ctx, versionId);
}

export function refuseFaults(faults: readonly Fault[]): void {
  if (faults.length === 0) return;
  const [first] = faults;
  const detail = `The bundle cannot be imported here: ${first?.pointer} ${first?.message}${faults.length > 1 ? '; see errors for all' : ''}.`;
  throw new Problem('invalid_body', detail, { faults });
}

/** The workspace's integration of that slug, locked; made when there is none. */
async function receive(ctx: WriteCtx, { workspaceId, bundle, slug = bundle.integration.slug }: Body): Promise<IntegrationRow> {
  const found = await ctx.db.maybe<{ id: string }>(
    sql`select id from integrations where workspace_id = ${workspaceId} and slug = ${slug} and deleted_at is null`,
  );
  const { name, description, iconUrl } = bundle.integration;
  const { id } = found ?? (await createIntegration(ctx, { body: { workspaceId, slug, name, description, iconUrl } }));
  const integration = await lockIntegration(ctx, must(id, 'what was created has an id'), 'change');
  refuseDeleted(integration);
  return integration;
}

async function refusePublished(ctx: WriteCtx, published: readonly Published[], { content, digest }: Bundle): Promise<void> {
  const used = usedBy(published, content.version);
  if (used === undefined) return;
  const sameContent = (await versionContentDigest(ctx.db, used.id)) === digest;
  const which = sameContent ? 'with this very content: there is nothing to import' : 'with other content; import it under another slug';
  throw new Problem('version_exists', `${used.version} was published here already (${used.id}), ${which}.`, {
    facts: { integrationVersionId: used.id, sameContent },
  });
}

async function answer(ctx: WriteCtx, versionId: string): Promise<Reply> {
  const version = await shown(ctx, versionResource, versionId, 'created');
  return { ...version, json: `${version.json.slice(0, -1)},"importedFrom":${JSON.stringify(await loadOrigin(ctx, versionId))}}` };
}
