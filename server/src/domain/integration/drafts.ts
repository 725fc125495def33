import sql from 'sql-template-tag';
import type { Static } from 'typebox';
import { isPlatformAdmin } from '../../access/authorize.ts';
import type { WriteCtx } from '../../context.ts';
import { assign } from '../../db/assign.ts';
import { Problem } from '../../lib/errors.ts';
import { newId, PREFIX } from '../../lib/ids.ts';
import type { JsonObject } from '../../lib/json.ts';
import { must } from '../../lib/must.ts';
import { type Reply, shown, type Target } from '../../route.ts';
import { record } from '../audit/record.ts';
import { userOf } from '../workspace/workspaces.ts';
import { lockIntegration, refuseDeleted } from './lock.ts';
import { refuseBadForm } from './manifest.ts';
import { integrationResource } from './resource.ts';
import type { IntegrationCreate, IntegrationUpdate } from './schema.ts';

const OWN_TIER = 'verified_publisher';

export async function createIntegration(ctx: WriteCtx, { body }: { body: Static<typeof IntegrationCreate> }): Promise<Reply> {
  const publisher = await ownedPublisher(ctx, body.workspaceId, body.publisher);
  refuseTrustTier(ctx, body.trustTier);
  refuseBadForm(body);
  await refuseTakenSlug(ctx, publisher, body.slug);
  const id = newId(PREFIX.integration);
  await ctx.db.run(sql`
    insert into integrations (id, workspace_id, slug, name, description, icon_url, publisher, trust_tier, manifest, variables_schema,
      auth_config, created_by, created_at, updated_at)
    values (${id}, ${body.workspaceId}, ${body.slug}, ${body.name}, ${body.description ?? null}, ${body.iconUrl ?? null}, ${publisher},
      ${body.trustTier ?? OWN_TIER}, ${JSON.stringify(body.manifest ?? { members: [] })}, ${JSON.stringify(body.variablesSchema ?? {})},
      ${JSON.stringify(body.authConfig ?? {})}, ${userOf(ctx)}, ${ctx.now}, ${ctx.now})`);
  const data = { publisher, slug: body.slug };
  await record(ctx, { type: 'integration.created', workspaceId: body.workspaceId, subjectId: id, data });
  return shown(ctx, integrationResource, id, 'created');
}

export async function updateIntegration(
  ctx: WriteCtx,
  { target, body }: { target: Target; body: Static<typeof IntegrationUpdate> },
): Promise<Reply> {
  const integration = await lockIntegration(ctx, target.id, 'change');
  refuseDeleted(integration);
  if (body.trustTier !== integration.trustTier) refuseTrustTier(ctx, body.trustTier);
  refuseBadForm(body);
  const columns = assign({
    name: body.name,
    description: body.description,
    icon_url: body.iconUrl,
    trust_tier: body.trustTier,
    manifest: jsonText(body.manifest),
    variables_schema: jsonText(body.variablesSchema),
    auth_config: jsonText(body.authConfig),
    updated_at: ctx.now,
  });
  await ctx.db.run(sql`update integrations set ${columns} where id = ${target.id}`);
  const data = { changed: Object.keys(body) };
  await record(ctx, { type: 'integration.updated', workspaceId: integration.workspaceId, subjectId: target.id, data });
  return shown(ctx, integrationResource, target.id);
}

const jsonText = (document: JsonObject | undefined): string | undefined => document && JSON.stringify(document);

/** The publisher name is the workspace's handle: a workspace owns no other. */
async function ownedPublisher(ctx: WriteCtx, workspaceId: string, asked: string | undefined): Promise<string> {
  const { handle } = must(
    await ctx.db.maybe<{ handle: string }>(sql`select handle from workspaces where id = ${workspaceId}`),
    'the door found the workspace',
  );
  if (asked !== undefined && asked !== handle)
    throw new Problem('forbidden', `The workspace ${workspaceId} does not own the publisher handle ${asked}; its handle is ${handle}.`);
  return handle;
}

/** Anyone may publish as a verified publisher; more trust than that is the platform's to give. */
function refuseTrustTier(ctx: WriteCtx, trustTier: string | undefined): void {
  if (trustTier !== undefined && trustTier !== OWN_TIER && !isPlatformAdmin(ctx.actor))
    throw new Problem('forbidden', `The trust tier ${trustTier} is set by platform admins only.`);
}

export async function refuseTakenSlug(ctx: WriteCtx, publisher: string, slug: string): Promise<void> {
  const taken = await ctx.db.maybe<{ id: string }>(
    sql`select id from integrations where publisher = ${publisher} and slug = ${slug} and deleted_at is null`,
  );
  if (taken !== null) throw new Problem('slug_taken', `The integration ${taken.id} is ${publisher}/${slug} already; choose another slug.`);
}
